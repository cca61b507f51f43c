; A Super Nintendo program: the background takes another colour every frame. With HIRES set the picture is 512 wide
; and interlaced. Built with ca65 and ld65 (snes.cfg) by the tests.

.p816
.smart -

INIDISP = $2100
BGMODE  = $2105
CGADD   = $2121
CGDATA  = $2122
TM      = $212c
SETINI  = $2133
NMITIMEN = $4200
RDNMI   = $4210

.segment "ZEROPAGE"
colour: .res 1

.segment "CODE"
.a8
.i8
reset:
        sei
        clc
        xce
        sep #$30
        lda #$8f                ; no picture while things are set
        sta INIDISP
        stz BGMODE
        stz TM
        stz colour
.ifdef HIRES
        lda #$09                ; twice as wide, interlaced
        sta SETINI
.else
        stz SETINI
.endif
        lda #$0f
        sta INIDISP
        lda #$80
        sta NMITIMEN
wait:   wai
        bra wait

nmi:    inc colour
        stz CGADD
        lda colour
        sta CGDATA
        stz CGDATA
        lda RDNMI
irq:    rti

.segment "HEADER"
        .byte "HOTSEAT TEST         "
        .byte $20, $00, $05, $00, $01, $00, $00
        .word $ffff, $0000      ; checksum: never looked at

.segment "VECTORS"
        .word 0, 0, irq, irq, irq, nmi, 0, irq
        .word 0, 0, irq, 0, irq, irq, reset, irq
