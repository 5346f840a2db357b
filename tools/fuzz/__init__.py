"""`make fuzz`: requests made from the served OpenAPI document, by schemathesis, against a local stack."""
