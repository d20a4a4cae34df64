"""What edits of logins, folders and services do to nodes on machines that exist already."""
