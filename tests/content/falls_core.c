/* A core that ends by a signal as soon as it is begun. */

#include "libretro.h"

#include <stdlib.h>
#include <string.h>

void retro_init(void) { abort(); }
void retro_deinit(void) {}
unsigned retro_api_version(void) { return RETRO_API_VERSION; }
void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof *info);
   info->library_name = "Falls";
   info->library_version = "1";
   info->valid_extensions = "falls";
}
void retro_get_system_av_info(struct retro_system_av_info *info) { memset(info, 0, sizeof *info); }
void retro_set_environment(retro_environment_t ask) { (void)ask; }
void retro_set_video_refresh(retro_video_refresh_t show) { (void)show; }
void retro_set_audio_sample(retro_audio_sample_t play) { (void)play; }
void retro_set_audio_sample_batch(retro_audio_sample_batch_t play) { (void)play; }
void retro_set_input_poll(retro_input_poll_t poll) { (void)poll; }
void retro_set_input_state(retro_input_state_t state) { (void)state; }
void retro_set_controller_port_device(unsigned port, unsigned device) { (void)port; (void)device; }
void retro_reset(void) {}
void retro_run(void) {}
size_t retro_serialize_size(void) { return 0; }
bool retro_serialize(void *data, size_t size) { (void)data; (void)size; return false; }
bool retro_unserialize(const void *data, size_t size) { (void)data; (void)size; return false; }
void retro_cheat_reset(void) {}
void retro_cheat_set(unsigned index, bool enabled, const char *code) { (void)index; (void)enabled; (void)code; }
bool retro_load_game(const struct retro_game_info *game) { (void)game; return false; }
bool retro_load_game_special(unsigned type, const struct retro_game_info *info, size_t count) { (void)type; (void)info; (void)count; return false; }
void retro_unload_game(void) {}
unsigned retro_get_region(void) { return RETRO_REGION_NTSC; }
void *retro_get_memory_data(unsigned id) { (void)id; return NULL; }
size_t retro_get_memory_size(unsigned id) { (void)id; return 0; }
