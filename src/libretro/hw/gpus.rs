//! Which of the machine's graphics cards a core draws with.

/// A device that can draw, as EGL lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gpu {
    /// EGL's name for it.
    pub handle: usize,
    /// It is the processor.
    pub software: bool,
    /// What it is called in `/dev/dri`; empty where EGL does not say.
    pub files: [String; 2],
}

/// A way to a display without a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Device(usize),
    /// Mesa's own choice: a card, or else the processor.
    Surfaceless,
    /// Whatever the system takes for a display.
    Default,
}

/// The ways in the order in which they are tried. `wanted` is the file of a card, or `software`; what is not there is not
/// insisted on.
pub fn ways(gpus: &[Gpu], wanted: Option<&str>) -> Vec<Way> {
    let is_wanted = |gpu: &Gpu| match wanted {
        Some("software") => gpu.software,
        Some(file) => gpu.files.iter().any(|it| it == file),
        None => false,
    };
    let (first, others): (Vec<&Gpu>, Vec<&Gpu>) = gpus.iter().partition(|gpu| is_wanted(gpu));
    let (software, cards): (Vec<&Gpu>, Vec<&Gpu>) = others.into_iter().partition(|gpu| gpu.software);
    let devices = first.into_iter().chain(cards).map(|gpu| Way::Device(gpu.handle));
    let last = software.into_iter().map(|gpu| Way::Device(gpu.handle));
    devices.chain([Way::Surfaceless]).chain(last).chain([Way::Default]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpu(handle: usize, software: bool, file: &str) -> Gpu {
        Gpu { handle, software, files: [String::new(), file.to_owned()] }
    }

    #[test]
    fn cards_come_first_and_the_processor_last() {
        let gpus = [gpu(1, true, ""), gpu(2, false, "/dev/dri/renderD128"), gpu(3, false, "/dev/dri/renderD129")];
        let devices = |order: [usize; 2]| order.map(Way::Device);
        let [first, second] = devices([2, 3]);
        assert_eq!(ways(&gpus, None), [first, second, Way::Surfaceless, Way::Device(1), Way::Default]);
        // The second card was chosen.
        let chosen = ways(&gpus, Some("/dev/dri/renderD129"));
        assert_eq!(chosen, [second, first, Way::Surfaceless, Way::Device(1), Way::Default]);
        assert_eq!(ways(&gpus, Some("software"))[0], Way::Device(1));
    }

    #[test]
    fn a_card_that_is_not_there_changes_nothing() {
        let gpus = [gpu(2, false, "/dev/dri/renderD128")];
        assert_eq!(ways(&gpus, Some("/dev/dri/renderD200")), ways(&gpus, None));
        assert_eq!(ways(&[], Some("software")), [Way::Surfaceless, Way::Default]);
    }
}
