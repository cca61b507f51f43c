//! Pictures as graphics cards hand them over, made what the frame ring carries: the highest row first, blue first.

/// Turns a picture upside down where it lies; `row` is the bytes of one.
pub fn flip(pixels: &mut [u8], row: usize) {
    if row == 0 {
        return;
    }
    let mut rest = pixels;
    while rest.len() >= 2 * row {
        let (highest, others) = rest.split_at_mut(row);
        let (between, lowest) = others.split_at_mut(others.len() - row);
        highest.swap_with_slice(lowest);
        rest = between;
    }
}

/// Red, green, blue, alpha becomes blue, green, red, alpha.
pub fn swap_red_and_blue(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(4) {
        pixel.swap(0, 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_the_other_order() {
        for (picture, flipped) in [(b"aabbcc".to_vec(), b"ccbbaa"), (b"aabbbb".to_vec(), b"bbbbaa")] {
            let mut there = picture.clone();
            flip(&mut there, 2);
            assert_eq!(there, flipped);
            flip(&mut there, 2);
            assert_eq!(there, picture);
        }
        let mut one = *b"ab";
        flip(&mut one, 2);
        assert_eq!(&one, b"ab");
        flip(&mut [], 0);
    }

    #[test]
    fn colours_change_places_and_alpha_stays() {
        let mut pixels = [1, 2, 3, 4, 5, 6, 7, 8];
        swap_red_and_blue(&mut pixels);
        assert_eq!(pixels, [3, 2, 1, 4, 7, 6, 5, 8]);
    }
}
