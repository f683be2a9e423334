"""Sentences of the downloads on the page Report."""
# ruff: noqa: E501

DOWNLOAD_FHIR = "FHIR"
DOWNLOAD_TABLES = "Tables"
FHIR_HELP = "The session as a FHIR R4B bundle for another record system."
TABLES_HELP = "Items, totals, dimensions, events, markers and readings in CSV and Parquet, with a dictionary. Under a pseudonym."
IDENTITY = "FHIR carries"
IDENTITIES = {False: "a pseudonym", True: "the name"}
IDENTITY_HELP = "With the name it also holds the number, the date of birth and the report itself. Under a pseudonym dates stay, and of the report only its fingerprint."
