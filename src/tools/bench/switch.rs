//! `bench switch`: what a change of the picture's size costs, and that nothing is left behind by ten thousand of them.

use super::BenchError;
use super::footage::{draw, header};
use super::table::{Row, Table};
use crate::frame::Picture;
use crate::link::Link;
use crate::link::frames::FrameWriter;
use crate::packet::{Codec, Format, VideoRings};
use crate::sync::{Event, now};
use crate::usage;
use crate::video::{self, VideoControl, VideoOutputs};
use hdrhistogram::Histogram;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// What the consoles of the time switch between, and some that none would.
///
/// A prime number of them: then going on by any number of places visits all.
const SIZES: [(u32, u32); 17] = [
    (256, 224),
    (512, 224),
    (512, 448),
    (256, 239),
    (512, 478),
    (256, 240),
    (320, 240),
    (364, 240),
    (512, 240),
    (640, 240),
    (640, 480),
    (364, 480),
    (160, 144),
    (240, 160),
    (321, 199),
    (17, 31),
    (1, 1),
];
const CHANGES: usize = 10_000;
/// Memory is compared with that after so many changes.
const SETTLED: usize = 100;
/// An encoder takes as much memory as its size needs, so what is compared are means over some rounds through all sizes.
const ROUNDS: usize = 6 * SIZES.len();

/// For every format, over the real video thread.
pub fn switch(table: &mut Table) -> Result<(), BenchError> {
    for format in Format::ALL {
        one(table, format)?;
    }
    Ok(())
}

fn one(table: &mut Table, format: Format) -> Result<(), BenchError> {
    let event = || Event::new().map_err(BenchError::io("The system gives no event counter"));
    let link = Link::create().map_err(BenchError::io("The system gives no shared memory"))?;
    let control = VideoControl::new(link.clone());
    let VideoRings { packets, packets_out: mut out, mut used, spares } = VideoRings::default();
    let (screenshots, _) = sync_channel::<Picture>(1);
    let packet_event = Arc::new(event()?);
    let (trouble, troubles) = sync_channel(1);
    let (_record, _, tap, _) = crate::record::start(Box::new(|_| {}))?;
    let outputs = VideoOutputs {
        tap,
        packets,
        spares,
        packet_event: packet_event.clone(),
        preview: None,
        picture_event: Arc::new(event()?),
        pictures: screenshots.clone(),
        screenshots,
        on_failure: Box::new(move |why| {
            let _ = trouble.try_send(why);
        }),
    };
    let thread = video::start(link.clone(), control.clone(), outputs)?;
    control.set_viewers(format, 1);
    let mut writer = FrameWriter::new(link);
    let scenes = SIZES.map(|(width, height)| {
        [0, 1, 2, 3].map(|frame| {
            let mut pixels = Vec::new();
            draw(width, height, frame, &mut pixels);
            pixels
        })
    });
    let histogram =
        || Histogram::<u32>::new_with_bounds(1, 10_000_000, 3).unwrap_or_else(|_| unreachable!("constant bounds"));
    let (mut first, mut second) = (histogram(), histogram());
    let (mut settled, mut at_last) = (0.0, 0.0);
    let mut size = 0;
    for change in 0..CHANGES {
        // Each round goes on by another number of places, so that every size comes after every other.
        size = (size + 1 + change / SIZES.len() % (SIZES.len() - 1)) % SIZES.len();
        let (width, height) = SIZES[size];
        let failed = |frame, problem| BenchError::Switch { format, width, height, frame, problem };
        for (frame, times) in [(0, &mut first), (1, &mut second)] {
            let pixels = &scenes[size][change % 2 * 2 + frame];
            let row = width as usize;
            let captured = now();
            writer.publish(header(width, height, 60.0, captured), pixels.chunks(row).map(bytemuck::cast_slice));
            let packet = loop {
                match out.pop() {
                    Ok(packet) if packet.captured == captured => break packet,
                    // The machine stood still and the last picture was improved meanwhile.
                    Ok(packet) => {
                        let _ = used.push(packet);
                        continue;
                    }
                    Err(_) => {}
                }
                if !packet_event.wait_timeout(Duration::from_secs(5)) {
                    let why =
                        troubles.try_recv().map_or_else(|_| "no packet came".into(), |failure| failure.to_string());
                    let why = why.trim_end_matches('.').to_owned();
                    return Err(failed(frame, why));
                }
            };
            let right = (packet.shape.width, packet.shape.height) == (width, height) && packet.keyframe == (frame == 0);
            if !right {
                return Err(failed(frame, format!("it came as {:?}", packet.shape)));
            }
            times.saturating_record((packet.encoded.saturating_sub(captured).as_micros() as u64).max(1));
            let _ = used.push(packet);
        }
        let mean = match change {
            SETTLED.. if change < SETTLED + ROUNDS => &mut settled,
            _ if change >= CHANGES - ROUNDS => &mut at_last,
            _ => continue,
        };
        *mean += usage::of(std::process::id()).resident_bytes as f64 / ROUNDS as f64;
    }
    let grown = (at_last - settled).max(0.0);
    drop(thread);
    let budget = if format.codec == Codec::H264 { 6.0 } else { 10.0 };
    let ms = |histogram: &Histogram<u32>, quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
        let (switching, ordinary) = (ms(&first, quantile), ms(&second, quantile));
        let title = format!("{}, first frame of a size later than the second, {name}", format.title());
        table.push(Row::below(title, switching - ordinary, "ms", budget));
        table.push(Row::info(format!("  first frame, {name}"), switching, "ms"));
        table.push(Row::info(format!("  second frame, {name}"), ordinary, "ms"));
    }
    let title = format!("{}, memory grown from change {SETTLED} to {CHANGES}", format.title());
    table.push(Row::below(title, grown / 1e6, "MB", 2.0));
    Ok(())
}
