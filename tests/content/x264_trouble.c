/* Stands before libx264 in a host that a test started: opening fails, and encoding fails or takes long, as files in a folder
   say. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <x264.h>

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x

static FILE *file(const char *name) {
    const char *folder = getenv("X264_TROUBLE");
    char path[4096];
    if (!folder) return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "r");
}

/* The header renames it to one with the version in it, which is the one that programs are linked with. */
x264_t *x264_encoder_open(x264_param_t *param) {
    FILE *fails = file("fails");
    if (fails) {
        fclose(fails);
        return NULL;
    }
    x264_t *(*real)(x264_param_t *) = (x264_t *(*)(x264_param_t *))dlsym(RTLD_NEXT, TEXT(x264_encoder_open));
    return real ? real(param) : NULL;
}

int x264_encoder_encode(x264_t *h, x264_nal_t **nal, int *nals, x264_picture_t *in, x264_picture_t *out) {
    int (*real)(x264_t *, x264_nal_t **, int *, x264_picture_t *, x264_picture_t *) =
        (int (*)(x264_t *, x264_nal_t **, int *, x264_picture_t *, x264_picture_t *))dlsym(RTLD_NEXT, "x264_encoder_encode");
    /* So many frames fail, once for each time that the file is there. */
    static unsigned failed;
    FILE *fails = file("encode_fails");
    if (fails) {
        unsigned most = 0;
        int read = fscanf(fails, "%u", &most);
        fclose(fails);
        if (read == 1 && failed < most) {
            failed++;
            return -1;
        }
    } else {
        failed = 0;
    }
    FILE *slow = file("slow_us");
    if (slow) {
        unsigned us = 0;
        if (fscanf(slow, "%u", &us) == 1) usleep(us);
        fclose(slow);
    }
    return real ? real(h, nal, nals, in, out) : -1;
}
