# A PlayStation program in the place of its BIOS. It walks for ever through ten display modes, half a second each, and
# each has a picture of its own: one flat colour, a white frame of eight pixels around the very edge, and at the top
# left four blocks that spell the mode's number in binary, most significant bit first, white for one and black for zero.
# The picture is what beetle-psx shows with its borders cropped, to the pixel: 256, 320, 364, 512 or 640 wide, 240 or
# 480 high.
#
# A picture is drawn while the one before is shown, beside it in the video memory, and shown from a vertical blank on.
# So no frame of a new size has an old picture. Only the first frame of an interlaced mode is not exact: it shows one
# field twice, a line too low, with a black line above.
#
# It needs no RAM and no interrupts. Built by the tests with the package binutils-mipsel-linux-gnu.

        .equ    I_STAT, 0x70            # bit 0: a vertical blank began; writing 0 there forgets it
        .equ    GP0, 0x810              # drawing
        .equ    GP1, 0x814              # display; reads as the status
        .equ    IDLE, 1 << 26           # in the status: the next drawing command may come

        .equ    WHITE, 0xffffff
        .equ    BLACK, 0x000000
        .equ    FRAME, 8
        .equ    STAY, 30                # frames in each mode

# One mode: eight words. A block is a sixteenth of the picture wide and a fifteenth high.
#   side      0: the picture lies at the left of the video memory, 1: at the right
#   setting   0, 1, 2, 3, 40h for 256, 320, 512, 640, 368 wide; 24h more for 480 lines, interlaced
#   clock     video clocks a pixel
#   first     the video clock of the first pixel. A television shows some border on both sides; these numbers put the
#             picture where the core believes that the border ends.
        .macro  mode side, setting, width, height, clock, first, colour
        .word   \side * (1024 - \width)
        .word   \width
        .word   \height
        .word   \width / 16
        .word   \height / 15
        .word   \colour
        .word   0x06000000 | (\first + \width * \clock) << 12 | \first
        .word   0x08000000 | \setting
        .endm
        .equ    X, 0
        .equ    WIDTH, 4
        .equ    HEIGHT, 8
        .equ    BLOCK_WIDTH, 12
        .equ    BLOCK_HEIGHT, 16
        .equ    COLOUR, 20              # blue, green, red
        .equ    RANGE, 24
        .equ    SETTING, 28
        .equ    MODE_BYTES, 32

        .set    reorder
        .text
        .globl  start
start:  li      $s0, 0x1f801000         # the ports
        sw      $zero, GP1($s0)         # reset
        li      $t0, 0x07000000 | 256 << 10 | 16
        sw      $t0, GP1($s0)           # lines 16 to 255 are seen
        li      $a0, 0xe1000400         # draw in the lines of both fields
        jal     draw
        li      $a0, 0xe3000000         # and anywhere in the memory
        jal     draw
        li      $a0, 0xe4000000 | 511 << 10 | 1023
        jal     draw
        li      $a0, 0xe5000000
        jal     draw

        la      $s1, modes              # the mode to draw next
        move    $s2, $zero              # its number
        jal     picture
        jal     blank
        b       show
next:   jal     picture
        li      $s3, STAY
stay:   jal     blank
        addiu   $s3, -1
        bnez    $s3, stay
show:   lw      $t0, X($s1)
        li      $t1, 0x05000000         # where the picture lies
        or      $t0, $t1
        sw      $t0, GP1($s0)
        lw      $t0, RANGE($s1)
        sw      $t0, GP1($s0)
        lw      $t0, SETTING($s1)
        sw      $t0, GP1($s0)
        li      $t0, 0x03000000         # and that it is shown at all
        sw      $t0, GP1($s0)

        addiu   $s1, MODE_BYTES
        addiu   $s2, 1
        li      $t0, MODES
        bne     $s2, $t0, next
        la      $s1, modes
        move    $s2, $zero
        b       next

# Waits for the beginning of a vertical blank.
blank:  li      $t0, ~1
        sw      $t0, I_STAT($s0)
1:      lw      $t0, I_STAT($s0)
        andi    $t0, 1
        beqz    $t0, 1b
        jr      $ra

# Gives a0 to the drawing port when that is idle.
draw:   lw      $t0, GP1($s0)
        li      $t1, IDLE
        and     $t0, $t1
        beqz    $t0, draw
        sw      $a0, GP0($s0)
        jr      $ra

# Fills the rectangle at s4, s5, s6 wide and s7 high, with the colour a0.
fill:   move    $t3, $ra
        li      $t0, 0x60000000
        or      $a0, $t0
        jal     draw
        sll     $t0, $s5, 16
        or      $t0, $s4
        sw      $t0, GP0($s0)
        sll     $t0, $s7, 16
        or      $t0, $s6
        sw      $t0, GP0($s0)
        jr      $t3

# Draws the picture of mode s1.
picture:
        move    $t4, $ra
        lw      $s4, X($s1)
        move    $s5, $zero
        lw      $s6, WIDTH($s1)
        lw      $s7, HEIGHT($s1)
        li      $a0, WHITE
        jal     fill
        addiu   $s4, FRAME
        addiu   $s5, FRAME
        addiu   $s6, -2 * FRAME
        addiu   $s7, -2 * FRAME
        lw      $a0, COLOUR($s1)
        jal     fill

        lw      $s6, BLOCK_WIDTH($s1)
        lw      $s7, BLOCK_HEIGHT($s1)
        lw      $s4, X($s1)
        move    $s5, $s7                # a block's height below the top, a block's width from the left
        li      $t5, 8                  # the bit
block:  addu    $s4, $s6
        li      $a0, BLACK
        and     $t0, $s2, $t5
        beqz    $t0, 1f
        li      $a0, WHITE
1:      jal     fill
        srl     $t5, 1
        bnez    $t5, block
        jr      $t4

# The order: two neighbours fit beside each other into the 1024 pixels of the video memory, each change is one of both
# width and height, and no two interlaced modes meet, since the core would mix their fields.
        .align  2
modes:  mode    0, 0x00, 256, 240, 10, 580, 0x0000c8    # 0: red
        mode    1, 0x27, 640, 480,  4, 620, 0x00a000    # 1: green
        mode    0, 0x01, 320, 240,  8, 600, 0xf80000    # 2: blue
        mode    1, 0x26, 512, 480,  5, 615, 0x00c8c8    # 3: yellow
        mode    0, 0x40, 364, 240,  7, 588, 0xc800c8    # 4: magenta
        mode    1, 0x24, 256, 480, 10, 580, 0x0070f8    # 5: orange
        mode    0, 0x03, 640, 240,  4, 620, 0xc8c800    # 6: cyan
        mode    1, 0x25, 320, 480,  8, 600, 0x700040    # 7: violet
        mode    0, 0x02, 512, 240,  5, 615, 0x686868    # 8: grey
        mode    1, 0x64, 364, 480,  7, 588, 0x305000    # 9: dark green
        .equ    MODES, (. - modes) / MODE_BYTES
