//! The tunes, as tracker patterns.

/// A step that lets the last note ring on.
pub const HOLD: u8 = 0;
/// A step that ends the last note.
pub const OFF: u8 = 1;

/// A tune.
pub struct Song {
    /// Frames a step (a sixteenth) lasts.
    pub frames_per_step: u32,
    /// One chord a bar of sixteen steps, lowest note first.
    pub chords: &'static [[u8; 3]],
    /// The melody, as many bars as chords.
    pub lead: &'static [u8],
    /// The bass in a bar: `R` the chord's root, `O` an octave above, `F` its fifth, `.` ring on.
    pub bass: &'static [u8; 16],
    /// Drums in a bar: `k`ick, `s`nare, `h`at.
    pub drums: &'static [u8; 16],
    /// Drums in every fourth bar.
    pub fill: &'static [u8; 16],
    /// How loud the chords are.
    pub chord_loudness: f32,
}

/// Reads `A-4 G#5 ... ---` and the like into MIDI notes.
const fn notes<const N: usize>(text: &str) -> [u8; N] {
    let b = text.as_bytes();
    let mut out = [HOLD; N];
    let (mut at, mut k) = (0, 0);
    while k < N {
        while b[at] == b' ' || b[at] == b'\n' {
            at += 1;
        }
        out[k] = match b[at] {
            b'.' => HOLD,
            b'-' => OFF,
            letter => {
                let tone = match letter {
                    b'C' => 0,
                    b'D' => 2,
                    b'E' => 4,
                    b'F' => 5,
                    b'G' => 7,
                    b'A' => 9,
                    _ => 11,
                };
                let sharp = if b[at + 1] == b'#' { 1 } else { 0 };
                12 + (b[at + 2] - b'0') * 12 + tone + sharp
            }
        };
        at += 3;
        k += 1;
    }
    out
}

const AM: [u8; 3] = [57, 60, 64];
const C: [u8; 3] = [60, 64, 67];
const DM: [u8; 3] = [62, 65, 69];
const E: [u8; 3] = [64, 68, 71];
const EM: [u8; 3] = [64, 67, 71];
const F: [u8; 3] = [53, 57, 60];
const G: [u8; 3] = [55, 59, 62];
const BB: [u8; 3] = [58, 62, 65];

/// Behind the title.
pub static TITLE: Song = Song {
    frames_per_step: 8,
    chords: &[AM, F, C, G, AM, F, DM, E],
    lead: &notes::<128>(
        "E-5 ... ... ... ... ... D-5 ... C-5 ... ... ... A-4 ... ... ...
         C-5 ... ... ... ... ... A-4 ... F-4 ... ... ... --- ... ... ...
         G-4 ... ... ... C-5 ... ... ... E-5 ... ... ... D-5 ... C-5 ...
         D-5 ... ... ... ... ... B-4 ... G-4 ... ... ... --- ... ... ...
         E-5 ... ... ... ... ... D-5 ... C-5 ... ... ... E-5 ... ... ...
         A-5 ... ... ... ... ... G-5 ... F-5 ... ... ... C-5 ... ... ...
         F-5 ... ... ... E-5 ... ... ... D-5 ... ... ... A-4 ... ... ...
         B-4 ... ... ... ... ... ... ... G#4 ... ... ... --- ... ... ...",
    ),
    bass: b"R.......R...F...",
    drums: b"k.....h.....h.h.",
    fill: b"k.....h.....h.hh",
    chord_loudness: 0.075,
};

/// For a run.
pub static RUN: Song = Song {
    frames_per_step: 7,
    chords: &[AM, F, C, G, AM, F, C, G, DM, AM, F, C, DM, AM, E, E],
    lead: &notes::<256>(
        "E-5 ... ... A-5 ... ... G-5 ... E-5 ... D-5 ... C-5 ... D-5 ...
         C-5 ... ... F-5 ... ... E-5 ... C-5 ... A-4 ... C-5 ... ... ...
         E-5 ... ... G-5 ... ... C-6 ... B-5 ... G-5 ... E-5 ... G-5 ...
         D-5 ... ... G-5 ... ... B-4 ... D-5 ... ... ... --- ... D-5 ...
         E-5 ... ... A-5 ... ... G-5 ... E-5 ... G-5 ... A-5 ... C-6 ...
         A-5 ... ... F-5 ... ... C-5 ... F-5 ... A-5 ... C-6 ... ... ...
         B-5 ... ... G-5 ... ... E-5 ... G-5 ... C-6 ... G-5 ... E-5 ...
         D-5 ... E-5 ... G-5 ... A-5 ... B-5 ... ... ... --- ... ... ...
         A-5 ... F-5 D-5 ... F-5 A-5 ... ... ... G-5 ... F-5 ... E-5 ...
         E-5 ... C-5 A-4 ... C-5 E-5 ... ... ... D-5 ... C-5 ... A-4 ...
         F-5 ... ... A-5 ... ... C-6 ... A-5 ... F-5 ... A-5 ... C-6 ...
         G-5 ... ... E-5 ... ... C-5 ... E-5 ... G-5 ... E-5 ... C-5 ...
         D-6 ... A-5 F-5 ... A-5 D-6 ... ... ... C-6 ... A-5 ... F-5 ...
         C-6 ... A-5 E-5 ... A-5 C-6 ... ... ... B-5 ... A-5 ... G-5 ...
         G#5 ... ... B-5 ... ... E-5 ... G#5 ... B-5 ... D-6 ... B-5 ...
         E-6 ... ... ... B-5 ... G#5 ... E-5 ... G#5 ... B-5 ... --- ...",
    ),
    bass: b"R.RO..R.R.O.R.OF",
    drums: b"k.h.s.hhk.k.s.h.",
    fill: b"k.h.s.h.k.s.sssh",
    chord_loudness: 0.06,
};

/// For the king.
pub static BOSS: Song = Song {
    frames_per_step: 6,
    chords: &[AM, AM, BB, AM, AM, G, F, E],
    lead: &notes::<128>(
        "A-4 ... A-4 C-5 ... A-4 D#5 ... D-5 ... C-5 ... A-4 ... G-4 ...
         A-4 ... A-4 C-5 ... A-4 E-5 ... D#5 ... D-5 ... C-5 ... B-4 ...
         A#4 ... A#4 D-5 ... A#4 F-5 ... E-5 ... D-5 ... A#4 ... D-5 ...
         E-5 ... ... ... C-5 ... ... ... A-4 ... ... ... --- ... ... ...
         A-5 ... A-5 E-5 ... C-5 A-4 ... C-5 ... E-5 ... A-5 ... C-6 ...
         B-5 ... B-5 G-5 ... D-5 B-4 ... D-5 ... G-5 ... B-5 ... D-6 ...
         C-6 ... C-6 A-5 ... F-5 C-5 ... F-5 ... A-5 ... C-6 ... A-5 ...
         B-5 ... G#5 ... E-5 ... D-5 ... B-4 ... G#4 ... E-4 ... --- ...",
    ),
    bass: b"RRORRORRORRORROF",
    drums: b"k.hks.hkk.hks.hs",
    fill: b"k.s.k.s.kkssssss",
    chord_loudness: 0.05,
};

/// For the results.
pub static OVER: Song = Song {
    frames_per_step: 9,
    chords: &[F, EM, DM, AM],
    lead: &notes::<64>(
        "C-5 ... ... ... A-4 ... ... ... F-4 ... ... ... A-4 ... ... ...
         B-4 ... ... ... G-4 ... ... ... E-4 ... ... ... --- ... ... ...
         A-4 ... ... ... F-4 ... ... ... D-4 ... ... ... F-4 ... ... ...
         E-4 ... ... ... ... ... ... ... --- ... ... ... ... ... ... ...",
    ),
    bass: b"R.......F.......",
    drums: b"................",
    fill: b"................",
    chord_loudness: 0.075,
};
