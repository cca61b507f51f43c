//! Networks of every kind, in namespaces, with real servers: brokers, relays, routers.

#[path = "../common/certificate_servers.rs"]
mod certificate_servers;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/nat/mod.rs"]
mod nat;

mod acme;
mod bench_net;
mod brokers;
mod internet;
mod line;
mod local_names;
mod meet;
mod nat_matrix;
mod nats;
mod network_cut;
mod port_mapping;
mod relay;
