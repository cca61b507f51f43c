/* A core that uses 8 MB more with every frame and gives nothing back. */

#include "libretro.h"

#include <stdlib.h>
#include <string.h>

#define MORE (8u << 20)

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_input_poll_t poll_inputs;
static uint16_t pixels[64 * 64];

void retro_set_environment(retro_environment_t callback)
{
   bool yes = true;
   ask = callback;
   ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
}

void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }
size_t retro_serialize_size(void) { return 4; }
bool retro_serialize(void *data, size_t size) { memset(data, 0, size); return true; }
bool retro_unserialize(const void *data, size_t size) { (void)data; (void)size; return true; }

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Leaky";
   info->library_version = "1";
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   struct retro_system_av_info it = { { 64, 64, 64, 64, 1.0f }, { 60.0, 48000.0 } };
   *info = it;
}

bool retro_load_game(const struct retro_game_info *game)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_RGB565;
   (void)game;
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

void retro_run(void)
{
   static char *volatile kept;
   kept = malloc(MORE);
   poll_inputs();
   if (kept)
      memset(kept, 1, MORE);
   show(pixels, 64, 64, 128);
}
