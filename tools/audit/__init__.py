"""`make audit`: known vulnerabilities, licences and the bill of materials of what is installed."""
