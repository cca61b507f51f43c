/* A core that tells how far it is, and how the controllers of its first two ports are moved, in texts over the picture. It needs no
 * content. The picture is one colour.
 *
 * While it loads it goes from 0 to 100 percent, and says where its saves are. After each second it says "second N" with less
 * importance than the note before, and a bar goes on by one. Its status is what the sensors of both ports measure, and whether they
 * could be turned on. */

#include "libretro.h"

#include <stdio.h>
#include <string.h>

#define SIDE 64

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_input_poll_t poll_inputs;
static struct retro_sensor_interface sensors;
static uint32_t pixels[SIDE * SIDE];
static unsigned frames;
static bool accepted[2], has_sensors, lit;

static void say(enum retro_message_type type, const char *text, unsigned ms, unsigned priority, int progress)
{
   struct retro_message_ext message = { text, ms, priority, RETRO_LOG_INFO, RETRO_MESSAGE_TARGET_OSD, type, (int8_t)progress };
   ask(RETRO_ENVIRONMENT_SET_MESSAGE_EXT, &message);
}

static void tell_motion(void)
{
   char text[300];
   unsigned port, id, len = 0;
   for (port = 0; port < 2; port++)
   {
      len += snprintf(text + len, sizeof(text) - len, "%sport %u %s:", port ? "\n" : "", port, accepted[port] ? "on" : "off");
      for (id = RETRO_SENSOR_ACCELEROMETER_X; id <= RETRO_SENSOR_GYROSCOPE_Z; id++)
         len += snprintf(text + len, sizeof(text) - len, " %.2f", sensors.get_sensor_input(port, id) + 0.0f);
   }
   say(RETRO_MESSAGE_TYPE_STATUS, text, 60000, 1, 0);
}

void retro_set_environment(retro_environment_t callback)
{
   bool yes = true;
   ask = callback;
   ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
}

void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_audio_sample(retro_audio_sample_t callback) { (void)callback; }
void retro_set_audio_sample_batch(retro_audio_sample_batch_t callback) { (void)callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }
void retro_set_input_state(retro_input_state_t callback) { (void)callback; }
unsigned retro_api_version(void) { return RETRO_API_VERSION; }
void retro_set_controller_port_device(unsigned port, unsigned device) { (void)port; (void)device; }
void retro_init(void) {}
void retro_deinit(void) {}

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Tells";
   info->library_version = "1";
   info->valid_extensions = "tells";
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
   const char *folder = NULL;
   char text[5000];
   int percent;
   (void)game;
   for (percent = 0; percent <= 100; percent++)
      say(RETRO_MESSAGE_TYPE_PROGRESS, "Reading", 60000, 1, percent);
   ask(RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY, &folder);
   snprintf(text, sizeof(text), "<b>kept</b> in %s/tells.bin", folder ? folder : "");
   say(RETRO_MESSAGE_TYPE_NOTIFICATION, text, 60000, 5, 0);
   has_sensors = ask(RETRO_ENVIRONMENT_GET_SENSOR_INTERFACE, &sensors);
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

bool retro_load_game_special(unsigned type, const struct retro_game_info *info, size_t count)
{
   (void)type; (void)info; (void)count;
   return false;
}

void retro_run(void)
{
   char text[40];
   unsigned port;
   poll_inputs();
   if (!frames++ && has_sensors)
   {
      for (port = 0; port < 2; port++)
         accepted[port] = sensors.set_sensor_state(port, RETRO_SENSOR_ACCELEROMETER_ENABLE, 60) &&
            sensors.set_sensor_state(port, RETRO_SENSOR_GYROSCOPE_ENABLE, 60);
      lit = sensors.set_sensor_state(0, RETRO_SENSOR_ILLUMINANCE_ENABLE, 60) ||
         sensors.set_sensor_state(8, RETRO_SENSOR_ACCELEROMETER_ENABLE, 60) || sensors.get_sensor_input(8, 0) != 0.0f;
   }
   if (frames % 60 == 0)
   {
      snprintf(text, sizeof(text), "second %u", frames / 60);
      say(RETRO_MESSAGE_TYPE_NOTIFICATION, text, 1000, 1, 0);
      say(RETRO_MESSAGE_TYPE_PROGRESS, lit ? "There is light" : "Going on", 60000, 1, (int)(frames / 60 % 101));
   }
   if (has_sensors)
      tell_motion();
   memset(pixels, 0x40, sizeof(pixels));
   show(pixels, SIDE, SIDE, SIDE * sizeof(uint32_t));
}

void retro_reset(void) {}
size_t retro_serialize_size(void) { return 0; }
bool retro_serialize(void *data, size_t size) { (void)data; (void)size; return false; }
bool retro_unserialize(const void *data, size_t size) { (void)data; (void)size; return false; }
void retro_cheat_reset(void) {}
void retro_cheat_set(unsigned index, bool enabled, const char *code) { (void)index; (void)enabled; (void)code; }
void retro_unload_game(void) {}
unsigned retro_get_region(void) { return RETRO_REGION_NTSC; }
void *retro_get_memory_data(unsigned id) { (void)id; return NULL; }
size_t retro_get_memory_size(unsigned id) { (void)id; return 0; }
