-- Who at the house's identity provider an account is (issuer and subject), from their first sign-in on: names are given away.
ALTER TABLE accounts ADD COLUMN identity TEXT;
