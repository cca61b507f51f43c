//! Asks a router by PCP, from the very address that the mapping leads to: a router compares the two (RFC 6887 section 8.3).

use super::pcp_message::{Answer, MOST, MapRequest};
use super::routes::Gateway;
use super::status::{MappingProblem, Method};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// Of PCP and NAT-PMP.
pub const PORT: u16 = 5351;
/// How long an answer is waited for, before the question is said again and after it.
const WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(600)];

/// What the router says to the request.
pub async fn ask(gateway: &Gateway, request: &MapRequest) -> Result<Answer, MappingProblem> {
    let router = gateway.address.ip();
    let io = |error: std::io::Error| MappingProblem::Io { gateway: router, cause: error.into() };
    let silent = MappingProblem::NoAnswer { gateway: router };
    let mut to = gateway.address;
    to.set_port(PORT);
    let socket = UdpSocket::bind((gateway.local, 0)).await.map_err(io)?;
    socket.connect(to).await.map_err(io)?;
    let mut nonsense = false;
    for wait in WAITS {
        socket.send(&request.to_bytes()).await.map_err(|error| unreachable_or(error, gateway))?;
        let answer = timeout(wait, async {
            // One byte more than is allowed tells what is too long.
            let mut buffer = [0; MOST + 1];
            loop {
                let length = socket.recv(&mut buffer).await.map_err(|error| unreachable_or(error, gateway))?;
                match request.answer(&buffer[..length]) {
                    Answer::Nonsense => nonsense = true,
                    answer => return Ok(answer),
                }
            }
        });
        if let Ok(answer) = answer.await {
            return answer;
        }
    }
    Err(if nonsense { MappingProblem::Nonsense { gateway: router, method: Method::Pcp } } else { silent })
}

/// A port that nobody listens on is silence, at once.
pub fn unreachable_or(error: std::io::Error, gateway: &Gateway) -> MappingProblem {
    let gateway = gateway.address.ip();
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => MappingProblem::NoAnswer { gateway },
        _ => MappingProblem::Io { gateway, cause: error.into() },
    }
}
