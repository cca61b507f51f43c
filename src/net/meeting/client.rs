//! One connection to a broker: MQTT 3.1.1 over a WebSocket, kept for as long as the host runs.

use super::sessions::BrokerId;
use super::{BrokerAddress, BrokerProblem, BrokerState};
use rumqttc::{
    AsyncClient, Broker, ConnectionError, Event, EventLoop, MqttOptions, NetworkOptions, Packet, PublishOptions, QoS,
    TlsConfiguration,
};
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// Every so often the broker is asked whether it is there: some 120 bit/s.
const KEEP_ALIVE_S: u16 = 30;
const CONNECT_LIMIT_S: u64 = 10;
/// Between two tries, at first and at the most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// The longest packet that is taken: an envelope, its topic and what is around them.
const LONGEST_PACKET: usize = 70_000;
/// Requests that wait for the connection; more are lost, and said again when a page repeats itself.
const REQUESTS: usize = 64;

/// What came from a broker.
pub(super) struct Published {
    pub broker: BrokerId,
    pub topic: String,
    pub payload: Vec<u8>,
}

/// What one connection works with.
pub(super) struct Client {
    pub id: BrokerId,
    pub address: BrokerAddress,
    pub tls: Arc<ClientConfig>,
    /// A random name, new for each program run.
    pub name: String,
    pub topics: watch::Receiver<Vec<String>>,
    /// The network is another one: what is connected may not be any more.
    pub network: watch::Receiver<u64>,
    /// To be published.
    pub outbox: mpsc::Receiver<(String, Vec<u8>)>,
    pub inbox: mpsc::Sender<Published>,
    pub states: mpsc::Sender<(BrokerId, BrokerState)>,
}

impl Client {
    /// Connects, again and again. Never returns.
    pub async fn run(mut self) {
        let mut pause = PAUSES.0;
        loop {
            self.tell(BrokerState::Connecting).await;
            let problem = match self.connect() {
                Some((client, events)) => match self.serve(&client, events).await {
                    Ok(()) => {
                        pause = PAUSES.0;
                        continue;
                    }
                    Err((problem, was_connected)) => {
                        if was_connected {
                            pause = PAUSES.0;
                        }
                        problem
                    }
                },
                None => BrokerProblem::Address,
            };
            self.tell(BrokerState::Failed(problem)).await;
            tokio::select! {
                () = sleep(pause) => {}
                _ = self.network.changed() => {}
            }
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn tell(&self, state: BrokerState) {
        let _ = self.states.send((self.id, state)).await;
    }

    fn connect(&self) -> Option<(AsyncClient, EventLoop)> {
        let url = self.address.as_str();
        let mut options = if self.address.is_secure() {
            MqttOptions::websocket_with_tls_config(&self.name, url, TlsConfiguration::Rustls(self.tls.clone())).ok()?
        } else {
            MqttOptions::new(&self.name, Broker::websocket(url).ok()?)
        };
        options.set_keep_alive(KEEP_ALIVE_S).set_max_packet_size(LONGEST_PACKET, LONGEST_PACKET);
        let (client, mut events) = AsyncClient::builder(options).capacity(REQUESTS).try_build().ok()?;
        let mut network = NetworkOptions::new();
        network.set_connection_timeout(CONNECT_LIMIT_S).set_tcp_nodelay(true);
        events.set_network_options(network);
        Some((client, events))
    }

    /// Until the connection ends, and whether there was one; or until the network changes.
    async fn serve(&mut self, client: &AsyncClient, mut events: EventLoop) -> Result<(), (BrokerProblem, bool)> {
        let mut connected = false;
        let mut subscribed: Vec<String> = Vec::new();
        loop {
            tokio::select! {
                event = events.poll() => match event {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        connected = true;
                        subscribed = self.topics.borrow_and_update().clone();
                        subscribe(client, &subscribed);
                        self.tell(BrokerState::Connected).await;
                    }
                    Ok(Event::Incoming(Packet::Publish(publish))) if !publish.retain => {
                        let Ok(topic) = String::from_utf8(publish.topic.to_vec()) else { continue };
                        let payload = publish.payload.to_vec();
                        // Full: whoever floods the topic is not waited for; a page says it again.
                        let _ = self.inbox.try_send(Published { broker: self.id, topic, payload });
                    }
                    Ok(_) => {}
                    Err(error) => return Err((problem(&error), connected)),
                },
                changed = self.topics.changed() => {
                    if changed.is_err() {
                        std::future::pending::<()>().await;
                    }
                    let topics = self.topics.borrow_and_update().clone();
                    if connected {
                        let new: Vec<String> = topics.iter().filter(|it| !subscribed.contains(it)).cloned().collect();
                        subscribe(client, &new);
                        for gone in subscribed.iter().filter(|it| !topics.contains(it)) {
                            let _ = client.try_unsubscribe(gone.as_str());
                        }
                        subscribed = topics;
                    }
                }
                said = self.outbox.recv() => match said {
                    Some((topic, payload)) => {
                        let _ = client.try_publish(topic, payload, PublishOptions::new(QoS::AtLeastOnce));
                    }
                    None => std::future::pending::<()>().await,
                },
                changed = self.network.changed() => {
                    if changed.is_ok() {
                        // Politely where the old way is still there; not waited for.
                        let _ = client.try_disconnect_now();
                        let _ = timeout(Duration::from_millis(50), events.poll()).await;
                        return Ok(());
                    }
                }
            }
        }
    }
}

fn subscribe(client: &AsyncClient, topics: &[String]) {
    for topic in topics {
        let _ = client.try_subscribe(topic.as_str(), QoS::AtLeastOnce);
    }
}

fn problem(error: &ConnectionError) -> BrokerProblem {
    match error {
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => BrokerProblem::NoAnswer,
        ConnectionError::ConnectionRefused(_) => BrokerProblem::Refused,
        ConnectionError::Io(error) => BrokerProblem::Io { cause: std::io::Error::from(error.kind()).into() },
        ConnectionError::Tls(_) => BrokerProblem::Certificate,
        ConnectionError::InvalidUrl(_) | ConnectionError::BrokerTransportMismatch => BrokerProblem::Address,
        _ => BrokerProblem::NoBroker,
    }
}
