"""Problems with commands on a stack. Everybody may import them; they import the type of a problem only."""
