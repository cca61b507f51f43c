//! The task that has one certificate after the other made, and keeps them young.

use super::challenges::Challenges;
use super::client::{Client, Wait};
use super::error::AcmeError;
use super::name::AcmeName;
use super::order::{AcmeChallenge, Server, certificate_id};
use super::schedule::{Schedule, Task};
use super::store::{Held, Store, read_certificate};
use super::{AcmeConfig, AcmeStatus};
use crate::net::tls::certificates::Public;
use crate::net::tls::{Certificates, client_config};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long nothing is looked at: a machine that slept, or whose clock was set, is late by that at the most.
const LOOK: Duration = Duration::from_secs(60);
/// How long one order may take, with all of its requests.
const ORDER_LIMIT: Duration = Duration::from_secs(240);

/// How long a server is left alone that gives no more for now and does not say for how long: the shortest of Let's Encrypt's
/// limits.
const LIMITED: Duration = Duration::from_secs(60 * 60);

/// What is wanted now.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub names: Vec<AcmeName>,
    /// Counts wishes to try again what failed.
    pub tries: u64,
}

/// One name, and how it is with its certificate.
struct Entry {
    schedule: Schedule,
    problem: Option<AcmeError>,
    /// The next one is ordered in place of the one that there is. False once the server refused an order.
    replaces: bool,
    /// Which way of proof is tried: the next one when the last one did not lead here.
    way: usize,
    /// Ways in a row that did not.
    vain: usize,
    /// At which the server found this host, as far as it is known.
    port: Option<u16>,
}

pub(super) struct Worker {
    config: AcmeConfig,
    store: Store,
    certificates: Arc<Certificates>,
    challenges: Arc<Challenges>,
    clock: fn() -> SystemTime,
    on_news: Box<dyn Fn(AcmeStatus) + Send>,
    entries: BTreeMap<AcmeName, Entry>,
    tries: u64,
    /// Until something fails: then what the server offers is looked up anew.
    server: Option<Server>,
    wait: Wait,
}

impl Worker {
    pub(super) fn new(
        config: AcmeConfig,
        store: Store,
        certificates: Arc<Certificates>,
        clock: fn() -> SystemTime,
        on_news: Box<dyn Fn(AcmeStatus) + Send>,
    ) -> Worker {
        Worker {
            config,
            store,
            challenges: certificates.challenges().clone(),
            certificates,
            clock,
            on_news,
            entries: BTreeMap::new(),
            tries: 0,
            server: None,
            wait: Wait::default(),
        }
    }

    /// Ends when nobody wants anything any more.
    pub(super) async fn run(mut self, mut wanted: watch::Receiver<Wanted>) {
        loop {
            let now = (self.clock)();
            let newest = wanted.borrow_and_update().clone();
            self.follow(&newest, now);
            self.drop_what_ended(now);
            let pause = match self.next(now) {
                Some((at, name, task)) => match at.duration_since(now) {
                    Ok(pause) if !pause.is_zero() => pause,
                    _ => {
                        self.perform(&name, task).await;
                        continue;
                    }
                },
                None => LOOK,
            };
            tokio::select! {
                () = sleep(pause.min(LOOK)) => {}
                changed = wanted.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Takes what is kept of names that are new, and shows nothing any more for those that are gone.
    pub(super) fn follow(&mut self, wanted: &Wanted, now: SystemTime) {
        let gone: Vec<AcmeName> = self.entries.keys().filter(|name| !wanted.names.contains(name)).cloned().collect();
        for name in gone {
            self.entries.remove(&name);
            self.certificates.set_public(&name, None);
        }
        for name in &wanted.names {
            if self.entries.contains_key(name) {
                continue;
            }
            let held = self.store.certificate(name, now);
            let schedule = Schedule::new(held.as_ref().map(|it| it.validity), now, random());
            let port = held.as_ref().and_then(|it| it.port);
            let entry = Entry { schedule, problem: None, replaces: true, way: 0, vain: 0, port };
            self.entries.insert(name.clone(), entry);
            self.certificates.set_public(name, held.map(public));
            self.tell(name, now);
        }
        if self.tries != wanted.tries {
            self.tries = wanted.tries;
            for entry in self.entries.values_mut() {
                entry.schedule.retry(now);
            }
        }
    }

    /// A certificate that has ended frightens more than that of the local network.
    fn drop_what_ended(&mut self, now: SystemTime) {
        let ended = self.entries.iter_mut().filter(|(_, entry)| entry.schedule.has_ended(now));
        let ended: Vec<AcmeName> = ended
            .map(|(name, entry)| {
                entry.schedule.forget_held();
                name.clone()
            })
            .collect();
        for name in ended {
            self.certificates.set_public(&name, None);
            self.tell(&name, now);
        }
    }

    fn next(&self, now: SystemTime) -> Option<(SystemTime, AcmeName, Task)> {
        let all = self.entries.iter().map(|(name, entry)| {
            let (at, task) = entry.schedule.next(now);
            (at, name, task)
        });
        all.min_by_key(|(at, _, _)| *at).map(|(at, name, task)| (at, name.clone(), task))
    }

    async fn perform(&mut self, name: &AcmeName, task: Task) {
        match task {
            Task::Order => self.order(name).await,
            Task::Ask => self.ask(name).await,
        }
    }

    async fn order(&mut self, name: &AcmeName) {
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let server = self.config.directory.server();
        let ordered = timeout(ORDER_LIMIT, self.try_order(name)).await;
        let ordered = ordered.unwrap_or(Err(AcmeError::Slow { server }));
        let now = (self.clock)();
        let ordered = ordered.and_then(|(pem, port)| self.take(name, &pem, port, now));
        let wait = self.wait.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(entry) = self.entries.get_mut(name) else { return };
        match ordered {
            Ok(not_kept) => entry.problem = not_kept,
            Err(error) => {
                tracing::debug!("acme: {error}");
                if error.is_about_account() {
                    self.store.forget_account();
                }
                let is_vain = matches!(error, AcmeError::NotProven { .. } | AcmeError::NoChallenge { .. });
                if is_vain {
                    entry.way += 1;
                }
                entry.vain = if is_vain { entry.vain.saturating_add(1) } else { 0 };
                if matches!(error, AcmeError::Refused { .. }) {
                    entry.replaces = false;
                }
                self.server = None;
                let limited = matches!(error, AcmeError::RateLimited { .. }).then_some(LIMITED);
                // Nobody has to lead both ports here: it is told once neither does.
                if is_vain && entry.vain < self.config.challenges.len() && wait.is_none() {
                    entry.schedule.handle_other_way(now);
                } else {
                    entry.schedule.handle_failure(wait.or(limited), now, random());
                    entry.problem = Some(error);
                }
            }
        }
        self.tell(name, now);
    }

    async fn try_order(&mut self, name: &AcmeName) -> Result<(String, Option<u16>), AcmeError> {
        let entry = self.entries.get(name);
        let ways = &self.config.challenges;
        // In turns: a router may pass one of the two ports on.
        let way = entry.map_or(0, |it| it.way) % ways.len().max(1);
        let challenge = ways.get(way).copied().unwrap_or(AcmeChallenge::Http01);
        let replaces = entry.is_some_and(|it| it.replaces && it.schedule.is_known());
        let replaces = self.certificates.public(name).filter(|_| replaces).and_then(|key| certificate_id(&key));
        let challenges = self.challenges.clone();
        self.server(name).await?.order(name, challenge, replaces, &challenges).await
    }

    /// Shows what came, and keeps it. Some where it could not be kept: it serves until the host ends.
    fn take(
        &mut self,
        name: &AcmeName,
        pem: &str,
        port: Option<u16>,
        now: SystemTime,
    ) -> Result<Option<AcmeError>, AcmeError> {
        let unusable = || AcmeError::Unusable { server: self.config.directory.server(), name: name.to_string() };
        let mut held = read_certificate(pem.as_bytes(), name, now).ok_or_else(unusable)?;
        held.port = port.or_else(|| self.entries.get(name)?.port);
        let port = held.port;
        // Not wanted any more: it is kept for another time.
        if let Some(entry) = self.entries.get_mut(name) {
            entry.schedule.handle_issued(held.validity, now, random());
            entry.replaces = true;
            (entry.vain, entry.port) = (0, port);
            self.certificates.set_public(name, Some(public(held)));
        }
        Ok(self.store.keep_certificate(name, pem, port).err())
    }

    async fn ask(&mut self, name: &AcmeName) {
        let key = self.certificates.public(name);
        let answer = match (self.server(name).await, key) {
            (Ok(server), Some(key)) => server.renewal_info(&key).await,
            _ => None,
        };
        if answer.is_none() {
            self.server = None;
        }
        let now = (self.clock)();
        if let Some(entry) = self.entries.get_mut(name) {
            entry.schedule.handle_renewal_info(answer, now, random());
        }
    }

    async fn server(&mut self, about: &AcmeName) -> Result<&Server, AcmeError> {
        if self.server.is_none() {
            let directory = &self.config.directory;
            let roots = roots(self.config.roots.as_deref())?;
            let tls = client_config(&roots).ok_or_else(|| AcmeError::not_made("no TLS"))?;
            let client = Client::new(tls, directory.clone(), self.clock, self.wait.clone());
            let contact = self.config.contact.as_ref();
            let server = Server::open(Box::new(client), directory, contact, &self.store, about).await?;
            self.server = Some(server);
        }
        self.server.as_ref().ok_or_else(|| AcmeError::not_made("no server"))
    }

    fn tell(&self, name: &AcmeName, now: SystemTime) {
        if let Some(entry) = self.entries.get(name) {
            (self.on_news)(AcmeStatus {
                name: name.clone(),
                until: entry.schedule.held().map(|it| it.until),
                problem: entry.problem.clone(),
                next: entry.schedule.next_order(now),
            });
        }
    }
}

fn public(held: Held) -> Public {
    Public { key: held.key, until: held.validity.until, port: held.port }
}

/// The authorities of a server that the system does not know.
fn roots(file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, AcmeError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let unusable = || AcmeError::Roots { file: file.into() };
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(|_| unusable())?.collect();
    read.ok().filter(|roots| !roots.is_empty()).ok_or_else(unusable)
}

/// Without any, hosts are not spread, and nothing else is lost.
fn random() -> u32 {
    getrandom::u32().unwrap_or_default()
}
