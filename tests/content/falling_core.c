/* A core that falls two seconds after it was loaded, in the way that its content names: "segv", "abort", "hang" or "exit". It
 * says so in the log before. */

#include "libretro.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_input_poll_t poll_inputs;
static struct retro_log_callback logging;
static uint16_t pixels[64 * 64];
static char way[16];

void retro_set_environment(retro_environment_t callback) { ask = callback; }
void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Falling";
   info->library_version = "7.5";
   info->valid_extensions = "fall";
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   struct retro_system_av_info it = { { 64, 64, 64, 64, 1.0f }, { 60.0, 48000.0 } };
   *info = it;
}

bool retro_load_game(const struct retro_game_info *game)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_RGB565;
   ask(RETRO_ENVIRONMENT_GET_LOG_INTERFACE, &logging);
   memcpy(way, game->data, game->size < 15 ? game->size : 15);
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

__attribute__((noinline)) void fall_deep_inside(int *where)
{
   if (!strcmp(way, "abort"))
      abort();
   while (!strcmp(way, "hang"))
      usleep(1000);
   if (!strcmp(way, "exit"))
      _exit(3);
   *where = 1;
   pixels[0]++;
}

__attribute__((noinline)) void draw_what_comes_next(int *where)
{
   fall_deep_inside(where);
   pixels[1]++;
}

void retro_run(void)
{
   static unsigned frames;
   bool changed;
   poll_inputs();
   ask(RETRO_ENVIRONMENT_GET_VARIABLE_UPDATE, &changed);
   if (++frames == 120)
   {
      logging.log(RETRO_LOG_WARN, "about to fall by %s\n", way);
      draw_what_comes_next((int *)(uintptr_t)8);
   }
   show(pixels, 64, 64, 128);
}
