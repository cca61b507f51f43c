/* Every function of a core that does nothing. Each core in C is linked with this, and has only those that it means: a function that
 * both have is the core's own. */

#include "libretro.h"

#include <string.h>

#define UNLESS_IT_IS_THERE __attribute__((weak))

UNLESS_IT_IS_THERE void retro_set_environment(retro_environment_t ask) { (void)ask; }
UNLESS_IT_IS_THERE void retro_set_video_refresh(retro_video_refresh_t show) { (void)show; }
UNLESS_IT_IS_THERE void retro_set_audio_sample(retro_audio_sample_t play) { (void)play; }
UNLESS_IT_IS_THERE void retro_set_audio_sample_batch(retro_audio_sample_batch_t play) { (void)play; }
UNLESS_IT_IS_THERE void retro_set_input_poll(retro_input_poll_t poll) { (void)poll; }
UNLESS_IT_IS_THERE void retro_set_input_state(retro_input_state_t state) { (void)state; }
UNLESS_IT_IS_THERE void retro_set_controller_port_device(unsigned port, unsigned device) { (void)port; (void)device; }
UNLESS_IT_IS_THERE unsigned retro_api_version(void) { return RETRO_API_VERSION; }
UNLESS_IT_IS_THERE void retro_init(void) {}
UNLESS_IT_IS_THERE void retro_deinit(void) {}
UNLESS_IT_IS_THERE void retro_reset(void) {}
UNLESS_IT_IS_THERE void retro_run(void) {}
UNLESS_IT_IS_THERE void retro_get_system_info(struct retro_system_info *info) { memset(info, 0, sizeof *info); }
UNLESS_IT_IS_THERE void retro_get_system_av_info(struct retro_system_av_info *info) { memset(info, 0, sizeof *info); }
UNLESS_IT_IS_THERE size_t retro_serialize_size(void) { return 0; }
UNLESS_IT_IS_THERE bool retro_serialize(void *data, size_t size) { (void)data; (void)size; return false; }
UNLESS_IT_IS_THERE bool retro_unserialize(const void *data, size_t size) { (void)data; (void)size; return false; }
UNLESS_IT_IS_THERE void retro_cheat_reset(void) {}
UNLESS_IT_IS_THERE void retro_cheat_set(unsigned at, bool on, const char *code) { (void)at; (void)on; (void)code; }
UNLESS_IT_IS_THERE bool retro_load_game(const struct retro_game_info *game) { (void)game; return false; }
UNLESS_IT_IS_THERE bool retro_load_game_special(unsigned type, const struct retro_game_info *info, size_t count)
{
   (void)type; (void)info; (void)count;
   return false;
}
UNLESS_IT_IS_THERE void retro_unload_game(void) {}
UNLESS_IT_IS_THERE unsigned retro_get_region(void) { return RETRO_REGION_NTSC; }
UNLESS_IT_IS_THERE void *retro_get_memory_data(unsigned id) { (void)id; return NULL; }
UNLESS_IT_IS_THERE size_t retro_get_memory_size(unsigned id) { (void)id; return 0; }
