"""Values and text without the domain: errors, exact numbers and days, YAML and JSON with their places."""
