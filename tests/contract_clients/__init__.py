"""Programs that know one contract each and nothing else of this service: `python -m tests.contract_clients.X URL`.

They use Python's standard library alone, and end with status 1 and a sentence where an answer breaks the contract.
"""
