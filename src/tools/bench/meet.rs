//! A meeting point under many hosts, and pages that join them: by its own process, over loopback.

use super::BenchError;
use super::table::{Row, Table, median};
use crate::usage;
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const HOSTS: usize = 10_000;
/// Of those, the ones that pages come to.
const BUSY: usize = 50;
const JOINS: usize = 4000;
/// Connections that are made at once.
const AT_ONCE: usize = 32;
/// Addresses that connections come from: each may have some only.
const SOURCES: usize = 250;
/// An offer or an answer, sealed.
const ENVELOPE: usize = 3000;
const FILES: u64 = 16_384;
const LIMIT: Duration = Duration::from_secs(180);

/// `hotseat meet`. Dropping it ends it.
struct MeetingPoint {
    child: Child,
    address: SocketAddr,
}

impl MeetingPoint {
    fn start() -> Result<MeetingPoint, BenchError> {
        let failed = BenchError::io("The meeting point could not be started");
        let mut child = Command::new(std::env::current_exe().map_err(&failed)?)
            .args(["meet", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(&failed)?;
        let out = child.stdout.take().ok_or_else(|| failed(std::io::ErrorKind::BrokenPipe.into()))?;
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once("--broker ws://")?.1.split('/').next()?.parse().ok());
        let address = address.ok_or(BenchError::HostSilent { event: "where it is".into() });
        let mut point = MeetingPoint { child, address: ([127, 0, 0, 1], 0).into() };
        point.address = address?;
        Ok(point)
    }

    fn usage(&self) -> usage::Usage {
        usage::of(self.child.id())
    }
}

impl Drop for MeetingPoint {
    fn drop(&mut self) {
        if let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let until = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Memory for idle hosts, and how quickly pages join.
pub fn meet(table: &mut Table) -> Result<(), BenchError> {
    let limit = getrlimit(Resource::Nofile);
    let files = Some(limit.maximum.map_or(FILES, |most| most.min(FILES)));
    setrlimit(Resource::Nofile, Rlimit { current: files, maximum: limit.maximum })
        .map_err(|error| BenchError::io("The limit of open files could not be raised")(error.into()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BenchError::io("No runtime could be made"))?;
    let point = MeetingPoint::start()?;
    let measured = runtime.block_on(async { tokio::time::timeout(LIMIT, measure(&point)).await });
    let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
    let figures = measured.map_err(late).flatten().map_err(BenchError::io("The meeting point failed"))?;
    let name = |text: &str| format!("meeting point, {text}");
    table.push(Row::below(name("10,000 idle hosts"), figures.resident_bytes as f64 / 1e6, "MB", 300.0));
    table.push(Row::info(name("the same without any"), figures.empty_bytes as f64 / 1e6, "MB"));
    table.push(Row::above(name("joins, with those connected"), figures.joins_per_s, "/s", 200.0));
    table.push(Row::info(name("its processor time for a join"), figures.cpu_ms_per_join, "ms"));
    table.push(Row::info(name("connected to answered, p50"), median(figures.times_ms.clone()), "ms"));
    let mut times = figures.times_ms;
    times.sort_by(f64::total_cmp);
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or(0.0);
    table.push(Row::info(name("connected to answered, p99"), p99, "ms"));
    Ok(())
}

struct Figures {
    empty_bytes: u64,
    resident_bytes: u64,
    joins_per_s: f64,
    cpu_ms_per_join: f64,
    times_ms: Vec<f64>,
}

async fn measure(point: &MeetingPoint) -> std::io::Result<Figures> {
    let empty_bytes = point.usage().resident_bytes;
    let address = point.address;
    let mut hosts = at_once(HOSTS, move |number| host(address, number)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let resident_bytes = point.usage().resident_bytes;
    let busy: Vec<_> = hosts.drain(..BUSY).map(|(host, _)| tokio::spawn(answer(host))).collect();
    let (begin, cpu) = (Instant::now(), point.usage().cpu_seconds);
    let joins = at_once(JOINS, move |number| join(address, number)).await?;
    let seconds = begin.elapsed().as_secs_f64();
    let cpu = point.usage().cpu_seconds - cpu;
    busy.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(Figures {
        empty_bytes,
        resident_bytes,
        joins_per_s: JOINS as f64 / seconds,
        cpu_ms_per_join: cpu * 1000.0 / JOINS as f64,
        times_ms: joins.into_iter().map(|((), time)| time.as_secs_f64() * 1000.0).collect(),
    })
}

/// Does something so many times, a few at once; what came of it by number, and how long each took.
async fn at_once<T: Send + 'static, F>(count: usize, work: impl Fn(usize) -> F) -> std::io::Result<Vec<(T, Duration)>>
where
    F: Future<Output = std::io::Result<T>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (work, places) = (work(number), places.clone());
        tasks.spawn(async move {
            let _place = places.acquire().await;
            let begin = Instant::now();
            Ok::<_, std::io::Error>((number, work.await?, begin.elapsed()))
        });
    }
    let mut all = Vec::with_capacity(count);
    while let Some(done) = tasks.join_next().await {
        all.push(done.map_err(std::io::Error::other)??);
    }
    all.sort_by_key(|(number, ..)| *number);
    Ok(all.into_iter().map(|(_, value, time)| (value, time)).collect())
}

fn invite(number: usize) -> String {
    format!("hotseat/1/{number:022}")
}

/// A connection from one of many addresses, which has said its name and listens to a topic.
async fn connect(to: SocketAddr, from: Ipv4Addr, name: &str, topic: &str) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddrV4::new(from, 0).into())?;
    let mut stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    let request = format!(
        "GET /mqtt HTTP/1.1\r\nHost: {to}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 4096 {
        head.push(stream.read_u8().await?);
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(std::io::Error::other(String::from_utf8_lossy(&head[..head.len().min(40)]).into_owned()));
    }
    let mut packets = packet(0x10, &[b"\0\x04MQTT\x04\x02\x02\x58", &text(name)[..]].concat());
    packets.extend(packet(0x82, &[&[0, 1], &text(topic)[..], &[1]].concat()));
    stream.write_all(&frame(&packets)).await?;
    let accepted = read_frame(&mut stream).await? == [0x20, 2, 0, 0];
    let listens = read_frame(&mut stream).await? == [0x90, 3, 0, 1, 0];
    if accepted && listens { Ok(stream) } else { Err(std::io::Error::other("it is no broker")) }
}

async fn host(to: SocketAddr, number: usize) -> std::io::Result<TcpStream> {
    let from = Ipv4Addr::new(127, 0, 1, (1 + number % SOURCES) as u8);
    connect(to, from, &format!("h{number:020}"), &invite(number)).await
}

/// Answers every page.
async fn answer(mut host: TcpStream) -> std::io::Result<()> {
    loop {
        let packet = read_frame(&mut host).await?;
        // Its payload begins with the topic that the page listens to; what is shorter acknowledges an answer.
        let Some(topic) = packet.len().checked_sub(ENVELOPE).and_then(|at| packet.get(at..at + 55)) else { continue };
        host.write_all(&frame(&packet_of(topic, &[0; ENVELOPE]))).await?;
    }
}

/// Comes, asks, is answered, and goes.
async fn join(to: SocketAddr, number: usize) -> std::io::Result<()> {
    let from = Ipv4Addr::new(127, 0, 2, (1 + number % SOURCES) as u8);
    let invite = invite(number % BUSY);
    let session = format!("{invite}/{number:022}");
    let mut page = connect(to, from, &format!("p{number:020}"), &session).await?;
    let mut envelope = session.into_bytes();
    envelope.resize(ENVELOPE, 0);
    page.write_all(&frame(&packet_of(invite.as_bytes(), &envelope))).await?;
    while read_frame(&mut page).await?.len() < ENVELOPE {}
    Ok(())
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
}

/// PUBLISH at QoS 1.
fn packet_of(topic: &[u8], payload: &[u8]) -> Vec<u8> {
    packet(0x32, &[&(topic.len() as u16).to_be_bytes(), topic, &[0, 1], payload].concat())
}

/// MQTT 3.1.1, 2.2: the length in seven bits a byte; two bytes are enough here.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = match body.len() {
        len @ 0..128 => vec![first, len as u8],
        len => vec![first, len as u8 & 0x7f | 0x80, (len >> 7) as u8],
    };
    packet.extend(body);
    packet
}

/// RFC 6455: FIN and binary; a mask of zeros changes nothing.
fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82, 0x80 | 126];
    frame.extend((payload.len() as u16).to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

async fn read_frame(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut start = [0; 2];
    stream.read_exact(&mut start).await?;
    let len = match start[1] {
        126 => usize::from(stream.read_u16().await?),
        len @ 0..126 => len.into(),
        _ => return Err(std::io::Error::other("the answer is too long")),
    };
    let mut payload = vec![0; len];
    stream.read_exact(&mut payload).await?;
    Ok(payload)
}
