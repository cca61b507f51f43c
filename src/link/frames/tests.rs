use super::*;

fn header(width: u32, height: u32) -> FrameHeader {
    FrameHeader {
        width,
        height,
        format: PixelFormat::Rgb565,
        rotation: 0,
        aspect: 4.0 / 3.0,
        duplicate: false,
        number: 0,
        captured: Duration::from_millis(5),
        due: Duration::from_millis(4),
        fps: 60.0,
    }
}

fn ends() -> (FrameWriter, FrameReader, Arc<Link>) {
    let link = Link::create().expect("link");
    (FrameWriter::new(link.clone()), FrameReader::new(link.clone()), link)
}

fn publish(writer: &mut FrameWriter, value: u8) {
    let row = [value; 8];
    writer.publish(header(4, 2), [&row[..], &row[..]].into_iter());
}

#[test]
fn frames_come_out_in_order_with_their_pixels() {
    let (mut writer, mut reader, _) = ends();
    publish(&mut writer, 1);
    publish(&mut writer, 2);
    for value in 1..=2 {
        let frame = reader.take_next(BACKLOG).expect("a frame");
        assert_eq!(frame.header().number, u64::from(value));
        let mut row = [0; 8];
        frame.row(1, &mut row);
        assert_eq!(row, [value; 8]);
    }
    assert!(reader.take_next(BACKLOG).is_none());
}

#[test]
fn a_reader_that_fell_behind_gets_the_newest_frame() {
    let (mut writer, mut reader, _) = ends();
    for value in 1..=20 {
        publish(&mut writer, value);
    }
    assert_eq!(reader.take_next(BACKLOG).expect("a frame").header().number, 20);
    assert!(reader.take_next(BACKLOG).is_none());
    assert!(reader.skipped() > 0);
}

#[test]
fn how_many_may_wait_is_for_the_reader_to_say() {
    let (mut writer, mut reader, _) = ends();
    for (waiting, too_many, first) in [(6, BACKLOG, 1), (6, 7, 1), (6, 6, 6), (2, 3, 1), (3, 3, 3), (2, 2, 2)] {
        let before = writer.written;
        (0..waiting).for_each(|_| publish(&mut writer, 1));
        let number = reader.take_next(too_many).expect("a frame").header().number;
        assert_eq!(number - before, first, "{waiting} wait, {too_many} are too many");
        while reader.take_next(2).is_some() {}
    }
}

fn repeat(writer: &mut FrameWriter) {
    writer.publish(FrameHeader { duplicate: true, ..header(4, 2) }, [].into_iter());
}

#[test]
fn a_picture_is_not_lost_to_the_duplicates_behind_it() {
    let (mut writer, mut reader, _) = ends();
    // More duplicates than there are slots; the picture before them was not looked at in time.
    for duplicates in [1, 2, 3, 20] {
        publish(&mut writer, 7);
        publish(&mut writer, 8);
        (0..duplicates).for_each(|_| repeat(&mut writer));
        let frame = reader.take_next(2).expect("a frame");
        assert!(!frame.header().duplicate);
        let mut row = [0; 8];
        frame.row(1, &mut row);
        assert_eq!(row, [8; 8], "after {duplicates} duplicates");
        let number = frame.header().number;
        drop(frame);
        assert_eq!(number, writer.written, "the times and the number are those of the newest");
        assert!(reader.take_next(2).is_none());
    }
}

#[test]
fn whatever_is_missing_was_skipped() {
    let (mut writer, mut reader, link) = ends();
    (0..20).for_each(|_| publish(&mut writer, 1));
    reader.take_next(BACKLOG).expect("a frame");
    assert_eq!(reader.skipped(), 19);
    publish(&mut writer, 1);
    publish(&mut writer, 1);
    reader.take_next(BACKLOG).expect("a frame");
    reader.take_next(BACKLOG).expect("a frame");
    assert_eq!(reader.skipped(), 19);
    // The next core process counts from 1 again.
    let mut writer = FrameWriter::new(link);
    publish(&mut writer, 1);
    reader.take_next(BACKLOG).expect("a frame");
    assert_eq!(reader.skipped(), 19);
}

#[test]
fn the_core_never_waits_even_while_the_host_holds_a_frame() {
    let (mut writer, mut reader, link) = ends();
    publish(&mut writer, 1);
    let held = reader.take_next(BACKLOG).expect("a frame");
    for value in 2..=100 {
        publish(&mut writer, value);
    }
    let mut row = [0; 8];
    held.row(0, &mut row);
    assert_eq!(row, [1; 8], "a frame in the host's hands is not written to");
    assert_eq!(Status::new(link).frames_dropped(), 0);
}

#[test]
fn headers_that_make_no_sense_are_refused_and_their_slots_freed() {
    let (mut writer, mut reader, link) = ends();
    type Spoil = fn(&Region, usize);
    let spoils: [Spoil; 6] = [
        |r, b| r.u32(b + layout::SLOT_WIDTH).store(0, Relaxed),
        |r, b| r.u32(b + layout::SLOT_HEIGHT).store(MAX_SIDE + 1, Relaxed),
        |r, b| r.u32(b + layout::SLOT_FORMAT).store(9, Relaxed),
        |r, b| r.u32(b + layout::SLOT_ASPECT).store(f32::NAN.to_bits(), Relaxed),
        |r, b| r.u32(b + layout::SLOT_ASPECT).store((-1f32).to_bits(), Relaxed),
        |r, b| r.u64(b + layout::SLOT_FPS).store(f64::INFINITY.to_bits(), Relaxed),
    ];
    for spoil in spoils {
        publish(&mut writer, 1);
        for slot in 0..SLOTS {
            spoil(&link.region, header_at(slot));
        }
        assert!(reader.take_next(BACKLOG).is_none());
    }
    assert_eq!(reader.refused(), 6);
    publish(&mut writer, 9);
    assert!(reader.take_next(BACKLOG).is_some());
}

#[test]
fn nothing_of_a_dead_core_is_left_in_the_ring() {
    let (mut writer, mut reader, link) = ends();
    publish(&mut writer, 1);
    link.clear_for_new_core();
    assert!(reader.take_next(BACKLOG).is_none());
}

use super::super::Status;

#[test]
fn a_core_may_draw_where_the_host_looks() {
    let link = Link::create().expect("link");
    let (mut writer, mut reader) = (FrameWriter::new(link.clone()), FrameReader::new(link));
    let header = FrameHeader { width: 2, height: 2, format: PixelFormat::Xrgb8888, ..header(2, 2) };
    assert!(writer.room_to_draw(layout::SLOT_BYTES + 1).is_none());
    for number in 1..=20u8 {
        let room = writer.room_to_draw(16).expect("room");
        assert_eq!(writer.room_to_draw(16), Some(room), "the same until it is shown");
        #[allow(unsafe_code)]
        // SAFETY: what a core does with the room that it is given.
        unsafe {
            room.write_bytes(number, 16);
        }
        writer.publish_in_place(header);
        // Without room there is nothing to show.
        writer.publish_in_place(header);
        if number % 3 == 0 {
            let frame = reader.take_next(2).expect("the newest");
            let mut row = [0; 8];
            frame.row(1, &mut row);
            assert_eq!((row, frame.header().number), ([number; 8], u64::from(number)));
        }
    }
    // A picture that is copied goes elsewhere while the core draws.
    let room = writer.room_to_draw(16).expect("room");
    writer.publish(header, [&[7u8; 8][..]; 2].into_iter());
    let frame = reader.take_next(2).expect("the newest");
    let mut row = [0; 8];
    frame.row(0, &mut row);
    assert_eq!((row, writer.room_to_draw(16)), ([7; 8], Some(room)));
}
