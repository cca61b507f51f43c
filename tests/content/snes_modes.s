; A Super Nintendo program that walks for ever through the eight sizes of its picture, half a second each, and each has
; a picture of its own: one flat colour, a white frame of eight pixels (of 256) around the very edge, and at the top
; left four blocks that spell the mode's number in binary, most significant bit first, white for one and black for zero.
; The number says the size: 1 is 512 wide in place of 256 (mode 5), 2 is twice as high (interlaced), 4 is 239 lines in
; place of 224. Frame and blocks are sprites, which lie in the same place in every mode.
;
; Everything changes between two frames. Still, the first frame of an interlaced mode is right in every second row only:
; bsnes weaves two fields, and has the other from an earlier mode. The very first frame is black.
;
; Built with ca65 and ld65 (snes.cfg) by the tests.

.p816
.smart -

INIDISP = $2100
OBSEL   = $2101
OAMADD  = $2102
BGMODE  = $2105
VMAIN   = $2115
VMADD   = $2116
VMDATA  = $2118
CGADD   = $2121
CGDATA  = $2122
TM      = $212c
TS      = $212d
TMW     = $212e
TSW     = $212f
CGWSEL  = $2130
CGADSUB = $2131
COLDATA = $2132
SETINI  = $2133
NMITIMEN = $4200
VTIME   = $4209
MDMAEN  = $420b
TIMEUP  = $4211
DMA     = $4300

WHITE   = $30                   ; a sprite's last byte: in front of everything, palette 0
BLACK   = $32                   ; and palette 1
STAY    = 30                    ; frames in each mode
SPRITES = $0200                 ; what goes to the sprite memory: 128 of four bytes, then two bits each
SPRITE_BYTES = 512 + 32

.segment "ZEROPAGE"
step:   .res 2                  ; where in the order; a word, for X
mode:   .res 1
frames: .res 1                  ; left in this mode
col:    .res 1                  ; of the next sprite
row:    .res 1
look:   .res 1
bits:   .res 1
bottom: .res 1

.segment "CODE"
.a8
.i16
reset:
        sei
        clc
        xce
        rep #$10
        sep #$20
        lda #$8f                ; no picture while things are set
        sta INIDISP
        stz OBSEL               ; sprites are 8x8 or 16x16
        stz TMW
        stz TSW
        stz CGWSEL
        stz CGADSUB
        lda #$10                ; nothing but sprites; twice as wide, every other pixel is the second screen's
        sta TM
        sta TS

        lda #$80                ; 32 tiles of colour 15
        sta VMAIN
        ldx #0
        stx VMADD
        ldx #512
        ldy #$ffff
tiles:  sty VMDATA
        dex
        bne tiles
        lda #128 + 15           ; white in palette 0
        sta CGADD
        lda #$ff
        sta CGDATA
        lda #$7f
        sta CGDATA
        lda #128 + 16 + 15      ; black in palette 1
        sta CGADD
        stz CGDATA
        stz CGDATA

        ldx #$0400              ; one register, byte by byte: the sprite memory
        stx DMA
        stz DMA + 4

        ldx #242                ; an interrupt on a line that no mode shows, not even the highest
        stx VTIME
        lda #$20
        sta NMITIMEN

        stz step
        stz step + 1
        lda #1
        sta frames
next:   jsr prepare
stay:   wai                     ; goes on at an interrupt that is not taken, too
        lda TIMEUP
        dec frames
        bne stay
        jsr show
        lda #STAY
        sta frames
        bra next

; Takes the next mode of the order and puts its sprites into memory.
prepare:
        ldx step
        lda order, x
        sta mode
        lda step
        inc
        and #7
        sta step

        ldy #224 - 8
        lda mode
        and #4
        beq low
        ldy #239 - 8
low:    tya
        sta bottom
        ldx #0
        lda #16                 ; the blocks
        sta col
        sta row
        lda mode
        sta bits
        ldy #4
block:  lda #BLACK
        sta look
        asl bits
        lda bits
        and #$10
        beq dark
        lda #WHITE
        sta look
dark:   jsr put
        lda col
        clc
        adc #16
        sta col
        dey
        bne block

        lda #WHITE              ; the frame: above, below
        sta look
        stz col
across: stz row
        jsr put
        lda bottom
        sta row
        jsr put
        lda col
        clc
        adc #8
        sta col
        bne across
        lda #8                  ; left, right; the last overlap what is below, which comes first and wins
        sta row
down:   stz col
        jsr put
        lda #248
        sta col
        jsr put
        lda row
        clc
        adc #8
        sta row
        cmp bottom
        bcc down
        lda #240                ; the others where nobody sees them
        sta row
rest:   cpx #512
        beq sizes
        jsr put
        bra rest
sizes:  lda #%10101010          ; the first four are 16x16
        sta SPRITES, x
large:  inx
        stz SPRITES, x
        cpx #SPRITE_BYTES - 1
        bne large
        rts

; Adds a sprite at X.
put:    lda col
        sta SPRITES, x
        lda row
        sta SPRITES + 1, x
        stz SPRITES + 2, x
        lda look
        sta SPRITES + 3, x
        inx
        inx
        inx
        inx
        rts

; Shows the mode that was prepared.
show:   ldx #0
        stx OAMADD
        ldx #SPRITES
        stx DMA + 2
        ldx #SPRITE_BYTES
        stx DMA + 5
        lda #1
        sta MDMAEN

        sep #$10
.i8
        lda mode                ; eight bytes a colour
        asl
        asl
        asl
        tax
        stz CGADD
        lda colours, x
        sta CGDATA
        lda colours + 1, x
        sta CGDATA
        lda colours + 2, x
        sta COLDATA
        lda colours + 3, x
        sta COLDATA
        lda colours + 4, x
        sta COLDATA

        ldy #0                  ; mode 0
        lda mode
        lsr
        bcc narrow
        ldy #5                  ; mode 5
narrow: sty BGMODE
        and #1                  ; interlaced, bit 0
        sta bits
        lda mode
        and #4                  ; 239 lines, bit 2
        ora bits
        sta SETINI
        lda #$0f
        sta INIDISP
        rep #$10
.i16
        rts

irq:    rti

; Each change is one of height, most of them of width too.
order:  .byte 0, 3, 4, 7, 1, 2, 5, 6

; The background's colour, and the same for the second screen's.
.macro colour red, green, blue
        .word red | green << 5 | blue << 10
        .byte $20 | red, $40 | green, $80 | blue, 0, 0, 0
.endmacro
colours:
        colour 25,  0,  0       ; 0: red
        colour  0, 20,  0       ; 1: green
        colour  0,  0, 31       ; 2: blue
        colour 25, 25,  0       ; 3: yellow
        colour 25,  0, 25       ; 4: magenta
        colour 31, 14,  0       ; 5: orange
        colour  0, 25, 25       ; 6: cyan
        colour  8,  0, 14       ; 7: violet

.segment "HEADER"
        .byte "HOTSEAT MODES        "
        .byte $20, $00, $05, $00, $01, $00, $00
        .word $ffff, $0000      ; checksum: never looked at

.segment "VECTORS"
        .word 0, 0, irq, irq, irq, irq, 0, irq
        .word 0, 0, irq, 0, irq, irq, reset, irq
