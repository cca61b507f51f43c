/* A core that asks for what few cores ask for, and shows that it got it. It needs no content and takes ".asks" files.
 *
 * The picture is 288x224, more than the 224x288 that it states, and wants to be turned once; it is drawn where the front end
 * says, and is one colour. The sound comes when it is asked for, in blocks of 100. Byte 0 of its clock counts frames while
 * "asks_tick" is on. What it found when it began, it says. */

#include "libretro.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 288
#define HEIGHT 224

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_audio_sample_batch_t play;
static retro_input_poll_t poll_inputs;
static struct retro_audio_callback sound;
static uint16_t own[WIDTH * HEIGHT];
static uint8_t save[64], cartridge_clock[8];
static unsigned frames, sound_on, disc, buffer_told, in_place;
static bool open_drive;

static void say(const char *text)
{
   struct retro_message message = { text, 60 };
   ask(RETRO_ENVIRONMENT_SET_MESSAGE, &message);
}

static void make_sound(void)
{
   static int16_t block[200];
   if (sound_on)
      play(block, 100);
}

static void set_sound(bool on) { sound_on = on; }
static void buffer_status(bool active, unsigned percent, bool runs_out) { buffer_told += active && percent <= 100; (void)runs_out; }

static bool set_eject(bool ejected) { open_drive = ejected; return true; }
static bool get_eject(void) { return open_drive; }
static unsigned get_index(void) { return disc; }
static bool set_index(unsigned index) { if (open_drive) disc = index; return open_drive; }
static unsigned count_discs(void) { return 3; }
static bool replace(unsigned index, const struct retro_game_info *info) { (void)index; (void)info; return false; }
static bool add(void) { return false; }
static bool initial(unsigned index, const char *path) { (void)index; (void)path; return true; }
static bool path_of(unsigned index, char *text, size_t len) { return snprintf(text, len, "/discs/Disc %u.cue", index + 1) > 0; }
static bool label_of(unsigned index, char *text, size_t len) { return index == 2 && snprintf(text, len, "The end") > 0; }

static bool update_options(void)
{
   struct retro_variable tick = { "asks_tick", NULL };
   struct retro_core_option_display display = { "asks_speed", false };
   ask(RETRO_ENVIRONMENT_GET_VARIABLE, &tick);
   display.visible = tick.value && !strcmp(tick.value, "on");
   return ask(RETRO_ENVIRONMENT_SET_CORE_OPTIONS_DISPLAY, &display);
}

static void declare_options(void)
{
   static struct retro_core_option_v2_category categories[] = { { "time", "Time", "What passes" }, { NULL, NULL, NULL } };
   static struct retro_core_option_v2_definition options[] = {
      { "asks_tick", "Time > Clock", "Clock", "Lets the clock run.", NULL, "time", { { "off", "Stands" }, { "on", "Runs" }, { NULL, NULL } }, "off" },
      { "asks_speed", "Speed", NULL, NULL, NULL, NULL, { { "1", NULL }, { "2", NULL }, { NULL, NULL } }, "1" },
      { NULL }
   };
   static struct retro_core_options_v2 all = { categories, options };
   static struct retro_core_options_update_display_callback update = { update_options };
   ask(RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2, &all);
   ask(RETRO_ENVIRONMENT_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK, &update);
   update_options();
}

/* Asks by every number there is, with nowhere to put an answer. */
static void ask_everything(void)
{
   unsigned number;
   for (number = 1; number < 120; number++)
      if (number != RETRO_ENVIRONMENT_SHUTDOWN)
      {
         ask(number, NULL);
         ask(number | RETRO_ENVIRONMENT_EXPERIMENTAL, NULL);
      }
}

/* Writes a file by the front end and reads it back. */
static bool use_files(void)
{
   struct retro_vfs_interface_info info = { 3, NULL };
   struct retro_vfs_file_handle *file;
   const char *folder = NULL;
   char path[4096], back[5] = "";
   if (!ask(RETRO_ENVIRONMENT_GET_VFS_INTERFACE, &info) || !ask(RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY, &folder))
      return false;
   snprintf(path, sizeof(path), "%s/asks.txt", folder);
   file = info.iface->open(path, RETRO_VFS_FILE_ACCESS_READ_WRITE, 0);
   if (!file || info.iface->write(file, "text", 4) != 4 || info.iface->seek(file, 0, RETRO_VFS_SEEK_POSITION_START))
      return false;
   return info.iface->read(file, back, 9) == 4 && !info.iface->close(file) && !strcmp(back, "text");
}

void retro_set_environment(retro_environment_t callback)
{
   bool yes = true;
   ask = callback;
   ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
}

void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_audio_sample_batch(retro_audio_sample_batch_t callback) { play = callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }

void retro_init(void)
{
   bool yes = true;
   ask_everything();
   ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
   declare_options();
}

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Asks";
   info->library_version = "1";
   info->valid_extensions = "asks";
   info->need_fullpath = true;
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   struct retro_system_av_info it = { { WIDTH, HEIGHT, HEIGHT, WIDTH, 0.75f }, { 60.0, 48000.0 } };
   *info = it;
}

bool retro_load_game(const struct retro_game_info *game)
{
   static struct retro_disk_control_ext_callback drive = { set_eject, get_eject, get_index, set_index, count_discs, replace, add,
      initial, path_of, label_of };
   static struct retro_audio_buffer_status_callback status = { buffer_status };
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_RGB565;
   unsigned turns = 1;
   const struct retro_game_info_ext *ext = NULL;
   (void)game;
   sound.callback = make_sound;
   sound.set_state = set_sound;
   ask(RETRO_ENVIRONMENT_SET_AUDIO_CALLBACK, &sound);
   ask(RETRO_ENVIRONMENT_SET_AUDIO_BUFFER_STATUS_CALLBACK, &status);
   ask(RETRO_ENVIRONMENT_SET_DISK_CONTROL_EXT_INTERFACE, &drive);
   ask(RETRO_ENVIRONMENT_SET_ROTATION, &turns);
   if (game && !(ask(RETRO_ENVIRONMENT_GET_GAME_INFO_EXT, &ext) && !strcmp(ext->ext, "asks")))
      return false;
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format) && use_files();
}

void retro_run(void)
{
   struct retro_framebuffer place = { NULL, WIDTH, HEIGHT, 0, 0, RETRO_MEMORY_ACCESS_WRITE, 0 };
   struct retro_variable tick = { "asks_tick", NULL };
   char text[100];
   uint16_t *pixels = own;
   size_t pixel;
   if (!frames++)
   {
      snprintf(text, sizeof(text), "the clock was %u, the save was %u", cartridge_clock[0], save[0]);
      say(text);
   }
   if (frames == 60)
   {
      snprintf(text, sizeof(text), "drawn in place %u, told of the buffer %u", in_place, buffer_told);
      say(text);
      save[0]++;
   }
   poll_inputs();
   if (ask(RETRO_ENVIRONMENT_GET_VARIABLE, &tick) && tick.value && !strcmp(tick.value, "on"))
      cartridge_clock[0]++;
   if (ask(RETRO_ENVIRONMENT_GET_CURRENT_SOFTWARE_FRAMEBUFFER, &place) && place.pitch == WIDTH * 2)
   {
      pixels = place.data;
      in_place++;
   }
   for (pixel = 0; pixel < WIDTH * HEIGHT; pixel++)
      pixels[pixel] = (uint16_t)(frames * 31);
   show(pixels, WIDTH, HEIGHT, WIDTH * 2);
}

void *retro_get_memory_data(unsigned id)
{
   return id == RETRO_MEMORY_SAVE_RAM ? (void *)save : id == RETRO_MEMORY_RTC ? (void *)cartridge_clock : NULL;
}

size_t retro_get_memory_size(unsigned id)
{
   return id == RETRO_MEMORY_SAVE_RAM ? sizeof(save) : id == RETRO_MEMORY_RTC ? sizeof(cartridge_clock) : 0;
}
