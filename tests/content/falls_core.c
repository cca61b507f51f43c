/* A core that ends by a signal as soon as it is begun. */

#include "libretro.h"

#include <stdlib.h>
#include <string.h>

void retro_init(void) { abort(); }
void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof *info);
   info->library_name = "Falls";
   info->library_version = "1";
   info->valid_extensions = "falls";
}
