"""Writes countries.mmdb: the networks for documentation (RFC 5737, RFC 3849), as if they were somewhere. `pip install mmdb_writer`."""
from mmdb_writer import MMDBWriter
from netaddr import IPSet

NETWORKS = {
    "NO": ["192.0.2.0/25", "198.51.100.0/24", "2001:db8:1::/48"],
    "JP": ["192.0.2.128/25", "2001:db8:2::/48"],
}
writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-Country", languages=["en"])
for country, networks in NETWORKS.items():
    writer.insert_network(IPSet(networks), {"country": {"iso_code": country}})
writer.to_db_file("countries.mmdb")
