//! For whoever runs hosts without looking at them: figures for Prometheus and whether a host is well, on an address of their own that
//! guests never see. docs/operators.md says how to use them.
//!
//! `board` holds what was heard of the engine, which is what headless mode hears; `page` writes it down, `health` judges it, and
//! `server` answers. Nothing here is asked of the threads that carry the game.

mod board;
mod health;
mod page;
mod server;

use crate::engine::{Engine, EngineEvent};
use crate::messages;
use crate::net::{IpNet, Site};
use crate::sync::{SpawnError, now};
use crate::text::IoCause;
use board::Board;
use server::Server;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the figures are, and for whom.
#[derive(Debug, Clone)]
pub struct OperatorsConfig {
    /// Port 0 picks a free one.
    pub listen: SocketAddr,
    /// Who may ask; everyone else finds nothing there.
    pub allowed: Vec<IpNet>,
}

impl OperatorsConfig {
    /// For this machine, unless others are named.
    pub fn new(listen: SocketAddr, allowed: Vec<IpNet>) -> OperatorsConfig {
        let allowed = if allowed.is_empty() { Site::default().trusted_proxies } else { allowed };
        OperatorsConfig { listen, allowed }
    }
}

messages! {
    /// Why the figures cannot be served.
    pub enum OperatorsError in operators {
        bind => Bind { address: String, cause: IoCause },
        socket => Socket { cause: IoCause },
        thread => Thread { cause: SpawnError },
    }
}

/// The figures, being served. Dropping it ends that.
pub struct Operators {
    board: Arc<Mutex<Board>>,
    server: Server,
}

impl Operators {
    pub fn start(config: OperatorsConfig, engine: &Engine) -> Result<Operators, OperatorsError> {
        let board = Arc::new(Mutex::new(Board::new(engine.refusals(), now())));
        let server = Server::start(config, board.clone())?;
        Ok(Operators { board, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What happened.
    pub fn note(&self, event: &EngineEvent) {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).note(event, now());
    }
}
