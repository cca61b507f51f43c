/* A core that opens its content by its path, and takes folders: it says what it was given, and the first bytes of it. */

#include "libretro.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static retro_environment_t ask;
static retro_video_refresh_t show;
static uint32_t picture[64 * 64];

void retro_set_environment(retro_environment_t environment) { ask = environment; }
void retro_set_video_refresh(retro_video_refresh_t refresh) { show = refresh; }
void retro_run(void) { show(picture, 64, 64, 64 * 4); }

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Opens";
   info->library_version = "1";
   info->valid_extensions = "opens|/";
   info->need_fullpath = true;
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   memset(info, 0, sizeof(*info));
   info->geometry.base_width = info->geometry.max_width = 64;
   info->geometry.base_height = info->geometry.max_height = 64;
   info->timing.fps = 60;
   info->timing.sample_rate = 48000;
}

bool retro_load_game(const struct retro_game_info *game)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_XRGB8888;
   char words[64] = "", text[512];
   struct stat about;
   struct retro_message message = { text, 60 };
   if (!ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format) || !game || stat(game->path, &about))
      return false;
   if (!S_ISDIR(about.st_mode))
   {
      FILE *file = fopen(game->path, "rb");
      if (!file)
         return false;
      words[fread(words, 1, sizeof(words) - 1, file)] = 0;
      fclose(file);
   }
   snprintf(text, sizeof(text), "%s %s: %s", S_ISDIR(about.st_mode) ? "folder" : "file", game->path, words);
   return ask(RETRO_ENVIRONMENT_SET_MESSAGE, &message);
}
