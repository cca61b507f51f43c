/* A core whose save is never the same for two frames: 64 KiB that follow from one number, which counts frames through all of its
 * lives. A save that is torn, or is put together from two, does not follow from any number.
 *
 * The number of the frame that was run last, and the one that was found at the beginning, lie in a file as well, which the system
 * keeps when the process is killed: what the save has to be compared with. It is "frames" in the folder for saves. */

#include "libretro.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WORDS 8192
#define SIDE 32

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_input_poll_t poll_inputs;
static uint64_t save[WORDS];
static uint32_t pixels[SIDE * SIDE];
/* Frames so far; frames at the beginning of this life; whether the save was whole then: 1, or 2 if not. */
static volatile uint64_t *outside;
static uint64_t nowhere[3];

static uint64_t follow(uint64_t word)
{
   word ^= word << 13;
   word ^= word >> 7;
   return word ^ word << 17;
}

static void fill(uint64_t count)
{
   size_t i;
   save[0] = count;
   for (i = 1; i < WORDS; i++)
      save[i] = follow(save[i - 1] + i);
}

static bool is_whole(void)
{
   size_t i;
   for (i = 1; i < WORDS; i++)
      if (save[i] != follow(save[i - 1] + i))
         return false;
   return true;
}

void retro_set_environment(retro_environment_t callback)
{
   bool yes = true;
   ask = callback;
   ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
}

void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }

void retro_init(void)
{
   const char *folder = NULL;
   char path[4096];
   int file = -1;
   if (ask(RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY, &folder) && folder)
   {
      snprintf(path, sizeof(path), "%s/frames", folder);
      file = open(path, O_RDWR | O_CREAT, 0600);
   }
   outside = nowhere;
   if (file >= 0 && !ftruncate(file, sizeof(nowhere)))
   {
      void *place = mmap(NULL, sizeof(nowhere), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      if (place != MAP_FAILED)
         outside = place;
   }
   outside[2] = 0;
   fill(1);
}

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Counts";
   info->library_version = "1";
   info->valid_extensions = "counts";
   info->need_fullpath = true;
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   struct retro_system_av_info it = { { SIDE, SIDE, SIDE, SIDE, 1.0f }, { 60.0, 48000.0 } };
   *info = it;
}

bool retro_load_game(const struct retro_game_info *game)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_XRGB8888;
   (void)game;
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

void retro_run(void)
{
   if (!outside[2])
   {
      outside[1] = save[0];
      outside[2] = is_whole() ? 1 : 2;
   }
   poll_inputs();
   fill(save[0] + 1);
   outside[0] = save[0];
   show(pixels, SIDE, SIDE, SIDE * sizeof(*pixels));
}

size_t retro_serialize_size(void) { return sizeof(save); }

bool retro_serialize(void *data, size_t size)
{
   if (size < sizeof(save))
      return false;
   memcpy(data, save, sizeof(save));
   return true;
}

bool retro_unserialize(const void *data, size_t size)
{
   if (size < sizeof(save))
      return false;
   memcpy(save, data, sizeof(save));
   return true;
}

void *retro_get_memory_data(unsigned id) { return id == RETRO_MEMORY_SAVE_RAM ? save : NULL; }
size_t retro_get_memory_size(unsigned id) { return id == RETRO_MEMORY_SAVE_RAM ? sizeof(save) : 0; }
