/* The least that runs a core: loads it without a game, runs so many frames, and prints how long they took, in microseconds. What
 * `hotseat bench check` compares with.
 *
 *   bare_loop CORE FRAMES */

#include "libretro.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile size_t seen;

static bool environment(unsigned command, void *data)
{
   switch (command)
   {
      case RETRO_ENVIRONMENT_GET_CAN_DUPE:
         *(bool *)data = true;
         return true;
      case RETRO_ENVIRONMENT_SET_PIXEL_FORMAT:
      case RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME:
         return true;
   }
   return false;
}

static void video(const void *data, unsigned width, unsigned height, size_t pitch)
{
   (void)data; (void)pitch;
   seen += width * height;
}

static void sound(int16_t left, int16_t right) { (void)left; (void)right; }
static size_t sounds(const int16_t *data, size_t frames) { (void)data; return frames; }
static void inputs(void) {}
static int16_t input(unsigned port, unsigned device, unsigned index, unsigned id)
{
   (void)port; (void)device; (void)index; (void)id;
   return 0;
}

static void *function(void *core, const char *name)
{
   void *found = dlsym(core, name);
   if (!found)
   {
      fprintf(stderr, "no %s\n", name);
      exit(1);
   }
   return found;
}

/* C has no other way from an object's pointer to a function's. */
#define GET(core, name) (*(__typeof__(&name) *)(void *[]){ function(core, #name) })

int main(int count, char **words)
{
   struct timespec begin, end;
   struct retro_system_av_info av;
   long frames, frame;
   void *core;
   if (count != 3 || !(core = dlopen(words[1], RTLD_NOW | RTLD_LOCAL)))
      return 1;
   frames = atol(words[2]);
   GET(core, retro_set_environment)(environment);
   GET(core, retro_init)();
   GET(core, retro_set_video_refresh)(video);
   GET(core, retro_set_audio_sample)(sound);
   GET(core, retro_set_audio_sample_batch)(sounds);
   GET(core, retro_set_input_poll)(inputs);
   GET(core, retro_set_input_state)(input);
   if (!GET(core, retro_load_game)(NULL))
      return 1;
   GET(core, retro_get_system_av_info)(&av);
   void (*run)(void) = GET(core, retro_run);
   clock_gettime(CLOCK_MONOTONIC, &begin);
   for (frame = 0; frame < frames; frame++)
      run();
   clock_gettime(CLOCK_MONOTONIC, &end);
   printf("%.0f\n", (end.tv_sec - begin.tv_sec) * 1e6 + (end.tv_nsec - begin.tv_nsec) / 1e3);
   return 0;
}
