"""States of version 1: exported stacks that today's program has to leave as they are, and how they were made."""
