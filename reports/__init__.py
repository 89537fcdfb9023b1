"""What we hand over on paper. Empty until the monthly report arrives; the arrows already hold."""
