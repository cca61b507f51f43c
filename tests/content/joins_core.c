/* A core that has nothing but machines of several files. It says what it was given, and which of its memories were filled when the
 * game began; it fills them one after another. */

#include "libretro.h"

#include <stdio.h>
#include <string.h>

#define PAIR 7
#define SIDE 64
#define SAVE (1u << 8 | RETRO_MEMORY_SAVE_RAM)
#define CLOCK (1u << 8 | RETRO_MEMORY_RTC)
#define OTHER_SAVE (2u << 8 | RETRO_MEMORY_SAVE_RAM)

static retro_environment_t ask;
static retro_video_refresh_t show;
static uint16_t pixels[SIDE * SIDE];
static unsigned char memories[3][16];
static unsigned frames;
static bool joined;

void retro_set_environment(retro_environment_t callback)
{
   static const struct retro_subsystem_memory_info first[] = { { "srm", SAVE }, { "rtc", CLOCK } };
   static const struct retro_subsystem_memory_info second[] = { { "sav", OTHER_SAVE } };
   static const struct retro_subsystem_rom_info pair[] = {
      { "Game", "gam", false, false, true, first, 2 },
      { "Base", "bas|rom", true, false, true, second, 1 },
      { "Extra", "ext", false, false, false, NULL, 0 },
   };
   static const struct retro_subsystem_info all[] = {
      { "Two in One", "pair", pair, 3, PAIR },
      { "Nothing to Start", "nothing", NULL, 0, 8 },
      { NULL, NULL, NULL, 0, 0 },
   };
   ask = callback;
   ask(RETRO_ENVIRONMENT_SET_SUBSYSTEM_INFO, (void *)all);
}

void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Joins";
   info->library_version = "1";
   info->valid_extensions = "gam";
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   struct retro_system_av_info it = { { SIDE, SIDE, SIDE, SIDE, 1.0f }, { 60.0, 48000.0 } };
   *info = it;
}

static void say(const char *text)
{
   struct retro_message message = { text, 60 };
   ask(RETRO_ENVIRONMENT_SET_MESSAGE, &message);
}

static const char *name_of(const char *path)
{
   const char *slash = path ? strrchr(path, '/') : NULL;
   return slash ? slash + 1 : path ? path : "nothing";
}

bool retro_load_game_special(unsigned type, const struct retro_game_info *info, size_t count)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_RGB565;
   const struct retro_game_info_ext *ext = NULL;
   char text[512];
   if (type != PAIR || count != 3 || !ask(RETRO_ENVIRONMENT_GET_GAME_INFO_EXT, &ext))
      return false;
   snprintf(text, sizeof(text), "joined %s (%d bytes, %s) with %s (%d bytes, %s) and %s", name_of(info[0].path),
         (int)info[0].size, ext[0].name, name_of(info[1].path), (int)info[1].size, ext[1].name, name_of(info[2].path));
   say(text);
   joined = true;
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

bool retro_load_game(const struct retro_game_info *game)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_RGB565;
   (void)game;
   say("one file alone");
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

void retro_run(void)
{
   if (!frames++)
   {
      char text[128];
      snprintf(text, sizeof(text), "the memories were %d, %d, %d", memories[0][0], memories[1][0], memories[2][0]);
      say(text);
   }
   if (frames > 10)
   {
      memories[0][0] = 11;
      memories[1][0] = 22;
      memories[2][0] = 33;
   }
   show(pixels, SIDE, SIDE, SIDE * sizeof(*pixels));
}

size_t retro_serialize_size(void) { return sizeof(frames); }

bool retro_serialize(void *data, size_t size)
{
   memcpy(data, &frames, size);
   return true;
}

bool retro_unserialize(const void *data, size_t size)
{
   memcpy(&frames, data, size);
   return true;
}

static unsigned char *memory(unsigned id)
{
   switch (id)
   {
      case RETRO_MEMORY_SAVE_RAM:
         return joined ? NULL : memories[0];
      case SAVE:
         return joined ? memories[0] : NULL;
      case CLOCK:
         return joined ? memories[1] : NULL;
      case OTHER_SAVE:
         return joined ? memories[2] : NULL;
   }
   return NULL;
}

void *retro_get_memory_data(unsigned id) { return memory(id); }
size_t retro_get_memory_size(unsigned id) { return memory(id) ? sizeof(*memories) : 0; }
