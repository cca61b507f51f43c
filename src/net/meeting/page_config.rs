//! What a page that is met by brokers reads beside itself: `config.json`.

use super::BrokerAddress;
use serde_json::json;

/// The longest server, in bytes: a name has 253 at the most.
const LONGEST: usize = 260;

/// A text that is no server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoServer(pub String);

/// For these brokers, and these servers that tell addresses (STUN), each as `HOST:PORT`.
pub fn page_config(brokers: &[BrokerAddress], stun: &[String]) -> Result<String, NoServer> {
    let urls: Vec<String> = stun.iter().map(|it| stun_url(it)).collect::<Result<_, _>>()?;
    let config = json!({
        "v": 1,
        "brokers": brokers.iter().map(BrokerAddress::as_str).collect::<Vec<_>>(),
        "ice": if urls.is_empty() { json!([]) } else { json!([{ "urls": urls }]) },
    });
    Ok(format!("{config}\n"))
}

/// A server by name and port, as browsers take it.
fn stun_url(text: &str) -> Result<String, NoServer> {
    let text = text.trim();
    let named = text.strip_prefix("stun:").unwrap_or(text);
    let is_odd = |c: char| c.is_whitespace() || "/?#@\"".contains(c);
    let fits = !named.is_empty() && named.len() <= LONGEST && !named.contains(is_odd);
    fits.then(|| format!("stun:{named}")).ok_or_else(|| NoServer(text.chars().take(LONGEST).collect()))
}
