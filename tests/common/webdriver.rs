//! Just enough of W3C WebDriver: JSON over HTTP/1.1, one connection a request.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any script of ours runs.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// The way to one WebDriver server.
#[derive(Clone)]
pub struct WebDriver {
    port: u16,
}

impl WebDriver {
    pub fn new(port: u16) -> WebDriver {
        WebDriver { port }
    }

    /// Sends a request; the `value` of the answer, or what went wrong.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let failed = |what: &str, error: std::io::Error| format!("{method} {path}: {what}: {error}");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(|error| failed("connect", error))?;
        stream.set_read_timeout(Some(ANSWER_LIMIT)).map_err(|error| failed("timeout", error))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes()))
            .map_err(|error| failed("send", error))?;
        let mut from = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            from.read_line(&mut line).map_err(|error| failed("receive", error))?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| format!("{method} {path}: a length that is none"))?;
            }
        }
        let mut data = vec![0; length];
        from.read_exact(&mut data).map_err(|error| failed("receive", error))?;
        let mut answer: Value =
            serde_json::from_slice(&data).map_err(|error| format!("{method} {path}: no JSON came back: {error}"))?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => {
                let message = value["message"].as_str().unwrap_or_default().lines().next().unwrap_or_default();
                Err(format!("{method} {path}: {error}: {message}"))
            }
            None => Ok(value),
        }
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.request("POST", path, Some(body))
    }

    pub fn delete(&self, path: &str) -> Result<Value, String> {
        self.request("DELETE", path, None)
    }
}

/// Key presses and releases for the actions API, in one go.
pub fn key_actions(actions: &[(&str, &str)]) -> Value {
    let actions: Vec<Value> = actions.iter().map(|(kind, key)| json!({"type": kind, "value": key})).collect();
    json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})
}
