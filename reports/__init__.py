"""What we hand over on paper: values for the page, templates, fonts, the signature."""
