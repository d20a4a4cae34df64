"""Problems with AWS. Everybody may import them; they import the type of a problem only."""
