/* The core's log callback is C-variadic, which stable Rust cannot define: format here, hand one plain line on. */
#include <stdarg.h>
#include <stdio.h>

void hotseat_core_log(unsigned level, const char *line);

void hotseat_core_log_variadic(unsigned level, const char *format, ...)
{
   char line[1024];
   va_list arguments;
   if (!format)
      return;
   va_start(arguments, format);
   if (vsnprintf(line, sizeof line, format, arguments) < 0)
      line[0] = '\0';
   va_end(arguments);
   hotseat_core_log(level, line);
}
