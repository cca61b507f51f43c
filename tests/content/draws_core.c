/* A core that draws with OpenGL in whichever way it is told to, and says what it saw of the front end.
 *
 * The picture is that of the fixture core: 16 by 8 cells with the frame's number and the buttons of four ports. What lies
 * over it is hidden by depth and stencil where there are any: without them it would be all red or all green. Options are free
 * text, the first value being what is without one:
 *
 *   draws_api      core33, core43, compat, compat33, es2, es3, es31, vulkan, d3d11, ladder: from Vulkan down
 *   draws_sizes    256x240, or several with commas; draws_every: frames of each (0: the first for ever)
 *   draws_max      largest size that is stated at first (the first of the sizes)
 *   draws_announce none, geometry, av_info: how a new size is stated
 *   draws_origin   bottom, top
 *   draws_buffers  none, depth, both
 *   draws_cache    off, on: the context is to be kept
 *   draws_mix      off, on: hardware, hardware, software and duplicate frames in turn
 *   draws_shared   off, on: a thread with a context of its own makes the vertices
 *   draws_state    off, on: leaves OpenGL's state in disorder and looks whether it stays
 *   draws_layers   how often the picture is drawn over (0)
 *   draws_again    off, on: asks again in the fifth frame, for what it has and for Vulkan
 *   draws_show     on, off: off draws, waits until it is drawn, and shows nothing
 *   draws_fault    none, abort, hang, segv: while port 0 holds A
 *
 * When the game is unloaded it tells what it counted. When the process ends it still has something to say, as cores in C++ do. */

#include "gl.h"
#include "libretro.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 16
#define ROWS 8
#define CELLS (COLUMNS * ROWS)
#define FLOATS 6
/* The cells, the red cover behind them, the green one. */
#define VERTICES ((CELLS + 2) * 6)
#define MAX_SIZES 8

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_audio_sample_batch_t play;
static retro_input_poll_t poll_inputs;
static retro_input_state_t input;
static struct retro_hw_render_callback hw;
static struct gl gl;

static struct { unsigned width, height; } sizes[MAX_SIZES], largest;
static unsigned size_count, every, layers, frame;
static char api[16], announce[16], origin[16], buffers[16];
static bool mix, shared, disorder, shows, again;

static struct { unsigned resets, destroys, without, disturbed, errors, refused; } seen;
static float vertices[VERTICES][FLOATS];
static unsigned program, buffer, array, pack_buffer, own_framebuffer;
static bool is_es2, has_context;
static uint32_t *pixels;

static retro_log_printf_t write_log;

static void __attribute__((destructor)) at_the_very_end(void)
{
   bool dupe;
   if (ask && write_log)
   {
      write_log(RETRO_LOG_INFO, "gone, %d\n", ask(RETRO_ENVIRONMENT_GET_CAN_DUPE, &dupe));
      play((const int16_t[2]) { 0, 0 }, 1);
      show(NULL, 1, 1, 4);
      show(RETRO_HW_FRAME_BUFFER_VALID, 1, 1, 0);
   }
}

static void say(const char *format, ...)
{
   char text[300];
   struct retro_message message = { text, 60 };
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(text, sizeof(text), format, arguments);
   va_end(arguments);
   ask(RETRO_ENVIRONMENT_SET_MESSAGE, &message);
}

static const char *option(const char *key, const char *without)
{
   struct retro_variable variable = { key, NULL };
   bool set = ask(RETRO_ENVIRONMENT_GET_VARIABLE, &variable) && variable.value && *variable.value;
   return set ? variable.value : without;
}

static bool is_on(const char *key) { return !strcmp(option(key, "off"), "on"); }

/* ---- The picture ---- */

static void fill_rows(uint16_t rows[ROWS])
{
   unsigned port, button, row;
   uint8_t sum = 0;
   rows[1] = frame >> 16;
   rows[2] = frame & 0xffff;
   for (port = 0; port < 4; port++)
      for (rows[3 + port] = 0, button = 0; button < 16; button++)
         rows[3 + port] |= (input(port, RETRO_DEVICE_JOYPAD, 0, button) ? 1 : 0) << button;
   for (row = 1; row < 7; row++)
      sum ^= (rows[row] >> 8) ^ (rows[row] & 0xff);
   rows[0] = 0xa600 | sum;
}

/* Red, green and blue in the three low bits. */
static unsigned colour(const uint16_t rows[ROWS], unsigned row, unsigned column)
{
   static const uint8_t last[8] = { 7, 3, 6, 2, 5, 1, 4, 0 };
   if (row == 7)
      return last[column / 2];
   return rows[row] >> (15 - column) & 1 ? 7 : 0;
}

static void quad(float (*to)[FLOATS], float left, float top, float right, float bottom, float z, unsigned rgb)
{
   const float corners[6][2] = { { left, top }, { right, top }, { left, bottom }, { left, bottom }, { right, top }, { right, bottom } };
   unsigned corner;
   for (corner = 0; corner < 6; corner++)
   {
      float *vertex = to[corner];
      vertex[0] = corners[corner][0];
      vertex[1] = corners[corner][1] * (hw.bottom_left_origin ? 1 : -1);
      vertex[2] = z;
      vertex[3] = rgb & 1;
      vertex[4] = rgb >> 1 & 1;
      vertex[5] = rgb >> 2 & 1;
   }
}

static void fill_vertices(const uint16_t rows[ROWS])
{
   unsigned row, column;
   for (row = 0; row < ROWS; row++)
      for (column = 0; column < COLUMNS; column++)
         quad(vertices + (row * COLUMNS + column) * 6, column / 8.0f - 1, 1 - row / 4.0f, (column + 1) / 8.0f - 1,
            1 - (row + 1) / 4.0f, -0.5f, colour(rows, row, column));
   quad(vertices + CELLS * 6, -1, 1, 1, -1, 0.5f, 1);
   quad(vertices + (CELLS + 1) * 6, -1, 1, 1, -1, -0.9f, 2);
}

/* ---- Another thread with a context of its own, which shares what the first has ---- */

static struct
{
   void *(*display)(void);
   void *(*current)(void);
   unsigned (*choose)(void *, const int *, void **, int, int *);
   void *(*create)(void *, void *, void *, const int *);
   unsigned (*make_current)(void *, void *, void *, void *);
   unsigned (*destroy)(void *, void *);
   unsigned (*bind)(unsigned);
   void *its_display, *its_context;
   pthread_t thread;
   pthread_mutex_t lock;
   pthread_cond_t changed;
   enum { RESTS, WORKS, ENDS } state;
} other = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void *other_thread(void *nothing)
{
   other.bind(0x30A2 /* EGL_OPENGL_API */);
   if (!other.make_current(other.its_display, NULL, NULL, other.its_context))
      seen.errors++;
   pthread_mutex_lock(&other.lock);
   while (other.state != ENDS)
   {
      if (other.state == WORKS)
      {
         gl.BindBuffer(GL_ARRAY_BUFFER, buffer);
         gl.BufferData(GL_ARRAY_BUFFER, sizeof(vertices), vertices, GL_DYNAMIC_DRAW);
         gl.Finish();
         other.state = RESTS;
         pthread_cond_broadcast(&other.changed);
      }
      pthread_cond_wait(&other.changed, &other.lock);
   }
   pthread_mutex_unlock(&other.lock);
   other.make_current(other.its_display, NULL, NULL, NULL);
   return nothing;
}

static void turn_to(int state)
{
   pthread_mutex_lock(&other.lock);
   other.state = state;
   pthread_cond_broadcast(&other.changed);
   while (state == WORKS && other.state == WORKS)
      pthread_cond_wait(&other.changed, &other.lock);
   pthread_mutex_unlock(&other.lock);
}

static bool begin_other(void)
{
   static const int config_wanted[] = { 0x3040 /* EGL_RENDERABLE_TYPE */, 8 /* EGL_OPENGL_BIT */, 0x3033 /* EGL_SURFACE_TYPE */, 1, 0x3038 };
   static const int core_33[] = { 0x3098, 3, 0x30FB, 3, 0x30FD, 1, 0x3038 };
   void *egl = dlopen("libEGL.so.1", RTLD_NOW), *config = NULL;
   int count = 0;
   if (!egl)
      return false;
   *(void **)&other.display = dlsym(egl, "eglGetCurrentDisplay");
   *(void **)&other.current = dlsym(egl, "eglGetCurrentContext");
   *(void **)&other.choose = dlsym(egl, "eglChooseConfig");
   *(void **)&other.create = dlsym(egl, "eglCreateContext");
   *(void **)&other.make_current = dlsym(egl, "eglMakeCurrent");
   *(void **)&other.destroy = dlsym(egl, "eglDestroyContext");
   *(void **)&other.bind = dlsym(egl, "eglBindAPI");
   other.bind(0x30A2);
   other.its_display = other.display();
   if (!other.choose(other.its_display, config_wanted, &config, 1, &count) || count < 1)
      return false;
   other.its_context = other.create(other.its_display, config, other.current(), core_33);
   other.state = RESTS;
   return other.its_context && !pthread_create(&other.thread, NULL, other_thread, NULL);
}

static void end_other(void)
{
   turn_to(ENDS);
   pthread_join(other.thread, NULL);
   other.destroy(other.its_display, other.its_context);
}

/* ---- OpenGL ---- */

/* Whoever calls must have the context. */
static void look_for_context(void)
{
   if (has_context && !(gl.GetString && gl.GetString(GL_VERSION)))
      seen.without++;
}

static unsigned shader(unsigned kind, const char *source)
{
   const char *parts[2] = { "#version 330 core\n", source };
   unsigned made = gl.CreateShader(kind);
   int done = 0;
   if (is_es2)
      parts[0] = kind == GL_VERTEX_SHADER ? "#version 100\n#define in attribute\n#define out varying\n"
         : "#version 100\nprecision mediump float;\n#define in varying\n#define colour gl_FragColor\n#define OLD\n";
   else if (api[0] == 'e')
      parts[0] = "#version 300 es\nprecision mediump float;\n";
   gl.ShaderSource(made, 2, parts, NULL);
   gl.CompileShader(made);
   gl.GetShaderiv(made, GL_COMPILE_STATUS, &done);
   seen.errors += !done;
   return made;
}

static void make_program(void)
{
   int done = 0;
   program = gl.CreateProgram();
   gl.AttachShader(program, shader(GL_VERTEX_SHADER,
      "in vec3 place; in vec3 paint; out vec3 tint; void main() { tint = paint; gl_Position = vec4(place, 1.0); }"));
   gl.AttachShader(program, shader(GL_FRAGMENT_SHADER,
      "in vec3 tint;\n#ifndef OLD\nout vec4 colour;\n#endif\nvoid main() { colour = vec4(tint, 0.25); }"));
   gl.BindAttribLocation(program, 0, "place");
   gl.BindAttribLocation(program, 1, "paint");
   gl.LinkProgram(program);
   gl.GetProgramiv(program, GL_LINK_STATUS, &done);
   seen.errors += !done;
}

static void context_reset(void)
{
   unsigned missing = 0;
#define GL_LOAD(result, name, arguments) missing += !(*(retro_proc_address_t *)&gl.name = hw.get_proc_address("gl" #name));
#define GL_LOAD_MAYBE(result, name, arguments) *(retro_proc_address_t *)&gl.name = hw.get_proc_address("gl" #name);
   GL_FUNCTIONS(GL_LOAD)
   GL_MORE_FUNCTIONS(GL_LOAD_MAYBE)
   seen.resets++;
   seen.errors += missing;
   has_context = true;
   look_for_context();
   if (api[0] != 'c' || api[2] != 'm') /* all but compat */
   {
      make_program();
      gl.GenBuffers(1, &buffer);
      if (!is_es2)
         gl.GenVertexArrays(1, &array);
   }
   if (disorder)
   {
      gl.GenBuffers(1, &pack_buffer);
      gl.GenFramebuffers(1, &own_framebuffer);
   }
   if (shared && !begin_other())
   {
      seen.errors++;
      shared = false;
   }
}

static void context_destroy(void)
{
   seen.destroys++;
   look_for_context();
   if (shared)
      end_other();
   if (program)
      gl.DeleteProgram(program);
   if (buffer)
      gl.DeleteBuffers(1, &buffer);
   program = buffer = 0;
   has_context = false;
}

static void draw_vertices(int first, int count)
{
   int vertex;
   if (program)
   {
      gl.DrawArrays(GL_TRIANGLES, first, count);
      return;
   }
   gl.Begin(GL_TRIANGLES);
   for (vertex = first; vertex < first + count; vertex++)
   {
      gl.Color3f(vertices[vertex][3], vertices[vertex][4], vertices[vertex][5]);
      gl.Vertex3f(vertices[vertex][0], vertices[vertex][1], vertices[vertex][2]);
   }
   gl.End();
}

static void draw(unsigned width, unsigned height)
{
   bool depth = strcmp(buffers, "none"), stencil = !strcmp(buffers, "both");
   unsigned layer, whole = height;
   gl.BindFramebuffer(is_es2 ? GL_FRAMEBUFFER : GL_DRAW_FRAMEBUFFER, (unsigned)hw.get_current_framebuffer());
   gl.Viewport(0, 0, width, height);
   gl.ClearColor(0.5f, 0.5f, 0.5f, 0);
   gl.Clear(GL_COLOR_BUFFER_BIT | (depth ? GL_DEPTH_BUFFER_BIT : 0) | (stencil ? GL_STENCIL_BUFFER_BIT : 0));
   /* What the cells leave over at the right and below is grey. */
   width -= width % COLUMNS;
   height -= height % ROWS;
   gl.Viewport(0, hw.bottom_left_origin ? whole - height : 0, width, height);
   if (program)
   {
      gl.UseProgram(program);
      if (array)
         gl.BindVertexArray(array);
      if (shared)
         turn_to(WORKS);
      gl.BindBuffer(GL_ARRAY_BUFFER, buffer);
      if (!shared)
         gl.BufferData(GL_ARRAY_BUFFER, sizeof(vertices), vertices, GL_DYNAMIC_DRAW);
      gl.VertexAttribPointer(0, 3, GL_FLOAT, 0, sizeof(vertices[0]), (void *)0);
      gl.VertexAttribPointer(1, 3, GL_FLOAT, 0, sizeof(vertices[0]), (void *)(3 * sizeof(float)));
      gl.EnableVertexAttribArray(0);
      gl.EnableVertexAttribArray(1);
   }
   if (depth)
   {
      gl.Enable(GL_DEPTH_TEST);
      gl.DepthFunc(GL_LESS);
   }
   if (stencil)
   {
      gl.Enable(GL_STENCIL_TEST);
      gl.StencilFunc(GL_ALWAYS, 1, 0xff);
      gl.StencilOp(GL_KEEP, GL_KEEP, GL_REPLACE);
   }
   for (layer = 0; layer <= layers; layer++)
      draw_vertices(0, CELLS * 6);
   if (depth)
      draw_vertices(CELLS * 6, 6);
   if (stencil)
   {
      gl.StencilFunc(GL_EQUAL, 0, 0xff);
      draw_vertices((CELLS + 1) * 6, 6);
      gl.Disable(GL_STENCIL_TEST);
   }
   gl.Disable(GL_DEPTH_TEST);
   seen.errors += gl.GetError() != 0;
}

static const struct { unsigned name; int value; } DISORDER[] = {
   { GL_PACK_ALIGNMENT, 8 }, { GL_PACK_ROW_LENGTH, 7 }, { GL_PACK_SKIP_ROWS, 3 }, { GL_PACK_SKIP_PIXELS, 2 }
};

static void make_disorder(void)
{
   unsigned n;
   gl.BindFramebuffer(GL_READ_FRAMEBUFFER, (unsigned)hw.get_current_framebuffer());
   gl.ReadBuffer(0);
   gl.BindFramebuffer(GL_READ_FRAMEBUFFER, own_framebuffer);
   gl.BindBuffer(GL_PIXEL_PACK_BUFFER, pack_buffer);
   for (n = 0; n < 4; n++)
      gl.PixelStorei(DISORDER[n].name, DISORDER[n].value);
}

static void look_at_disorder(void)
{
   int is = 0;
   unsigned n;
#define LOOK(what, wanted) gl.GetIntegerv(what, &is); seen.disturbed += is != (int)(wanted)
   for (n = 0; n < 4; n++)
   {
      LOOK(DISORDER[n].name, DISORDER[n].value);
   }
   LOOK(GL_PIXEL_PACK_BUFFER_BINDING, pack_buffer);
   LOOK(GL_READ_FRAMEBUFFER_BINDING, own_framebuffer);
   LOOK(GL_FRAMEBUFFER_BINDING, hw.get_current_framebuffer());
   gl.BindFramebuffer(GL_READ_FRAMEBUFFER, (unsigned)hw.get_current_framebuffer());
   LOOK(GL_READ_BUFFER, 0);
   seen.errors += gl.GetError() != 0;
}

static void draw_in_memory(const uint16_t rows[ROWS], unsigned width, unsigned height)
{
   unsigned x, y;
   for (y = 0; y < height; y++)
      for (x = 0; x < width; x++)
      {
         unsigned row = y / (height / ROWS), column = x / (width / COLUMNS), rgb;
         bool inside = row < ROWS && column < COLUMNS;
         rgb = inside ? colour(rows, row, column) : 0;
         pixels[y * width + x] = inside ? (rgb & 1) * 0xff0000 | (rgb >> 1 & 1) * 0xff00 | (rgb >> 2) * 0xff : 0x808080;
      }
}

/* ---- libretro ---- */

static bool want(unsigned type, unsigned major, unsigned minor)
{
   bool given;
   hw.context_type = type;
   hw.version_major = major;
   hw.version_minor = minor;
   given = ask(RETRO_ENVIRONMENT_SET_HW_RENDER, &hw);
   seen.refused += !given;
   return given;
}

static bool choose_api(void)
{
   static const struct { const char *name; unsigned type, major, minor; } APIS[] = {
      { "core33", RETRO_HW_CONTEXT_OPENGL_CORE, 3, 3 }, { "core43", RETRO_HW_CONTEXT_OPENGL_CORE, 4, 3 },
      { "core99", RETRO_HW_CONTEXT_OPENGL_CORE, 9, 9 }, { "compat", RETRO_HW_CONTEXT_OPENGL, 0, 0 },
      { "compat33", RETRO_HW_CONTEXT_OPENGL, 3, 3 }, { "es2", RETRO_HW_CONTEXT_OPENGLES2, 0, 0 },
      { "es3", RETRO_HW_CONTEXT_OPENGLES3, 0, 0 }, { "es31", RETRO_HW_CONTEXT_OPENGLES_VERSION, 3, 1 },
      { "vulkan", RETRO_HW_CONTEXT_VULKAN, 0, 0 }, { "d3d11", RETRO_HW_CONTEXT_D3D11, 11, 0 }
   };
   unsigned n;
   if (!strcmp(api, "ladder"))
   {
      unsigned preferred = 99;
      bool choice = ask(RETRO_ENVIRONMENT_GET_PREFERRED_HW_RENDER, &preferred);
      say("prefers %u, choice %d", preferred, choice);
      return want(RETRO_HW_CONTEXT_VULKAN, 0, 0) || want(RETRO_HW_CONTEXT_D3D11, 11, 0)
         || want(RETRO_HW_CONTEXT_OPENGL_CORE, 9, 9) || want(RETRO_HW_CONTEXT_OPENGL_CORE, 3, 3);
   }
   for (n = 0; n < sizeof(APIS) / sizeof(APIS[0]); n++)
      if (!strcmp(api, APIS[n].name))
         return want(APIS[n].type, APIS[n].major, APIS[n].minor);
   return false;
}

static void read_options(void)
{
   const char *list = option("draws_sizes", "256x240");
#define COPY(to, key, without) snprintf(to, sizeof(to), "%s", option(key, without))
   COPY(api, "draws_api", "core33");
   COPY(announce, "draws_announce", "none");
   COPY(origin, "draws_origin", "bottom");
   COPY(buffers, "draws_buffers", "none");
   every = atoi(option("draws_every", "0"));
   layers = atoi(option("draws_layers", "0"));
   mix = is_on("draws_mix");
   shared = is_on("draws_shared");
   disorder = is_on("draws_state");
   again = is_on("draws_again");
   shows = strcmp(option("draws_show", "on"), "off");
   for (size_count = 0; list && size_count < MAX_SIZES; size_count++)
   {
      sscanf(list, "%ux%u", &sizes[size_count].width, &sizes[size_count].height);
      list = strchr(list, ',');
      list = list ? list + 1 : NULL;
   }
   largest.width = sizes[0].width;
   largest.height = sizes[0].height;
   sscanf(option("draws_max", ""), "%ux%u", &largest.width, &largest.height);
   is_es2 = !strcmp(api, "es2");
}

void retro_set_environment(retro_environment_t callback)
{
   static struct retro_variable options[] = {
#define FREE_TEXT(key) { key, key "; " }
      FREE_TEXT("draws_api"), FREE_TEXT("draws_sizes"), FREE_TEXT("draws_every"), FREE_TEXT("draws_max"),
      FREE_TEXT("draws_announce"), FREE_TEXT("draws_origin"), FREE_TEXT("draws_buffers"), FREE_TEXT("draws_cache"),
      FREE_TEXT("draws_mix"), FREE_TEXT("draws_shared"), FREE_TEXT("draws_state"), FREE_TEXT("draws_layers"),
      FREE_TEXT("draws_show"), FREE_TEXT("draws_again"), FREE_TEXT("draws_fault"), { NULL, NULL }
   };
   struct retro_log_callback log;
   bool yes = true;
   ask = callback;
   write_log = ask(RETRO_ENVIRONMENT_GET_LOG_INTERFACE, &log) ? log.log : NULL;
   ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
   ask(RETRO_ENVIRONMENT_SET_VARIABLES, options);
}

void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_audio_sample_batch(retro_audio_sample_batch_t callback) { play = callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }
void retro_set_input_state(retro_input_state_t callback) { input = callback; }
void retro_set_controller_port_device(unsigned port, unsigned device) { (void)port; (void)device; look_for_context(); }

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Draws";
   info->library_version = "1";
   info->valid_extensions = "draws";
}

static struct retro_system_av_info av_info(unsigned width, unsigned height, unsigned max_width, unsigned max_height)
{
   struct retro_system_av_info info = { { width, height, max_width, max_height, 0 }, { 60.0, 48000.0 } };
   return info;
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   *info = av_info(sizes[0].width, sizes[0].height, largest.width, largest.height);
}

bool retro_load_game(const struct retro_game_info *game)
{
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_XRGB8888;
   (void)game;
   read_options();
   hw.context_reset = context_reset;
   hw.context_destroy = context_destroy;
   hw.depth = strcmp(buffers, "none");
   hw.stencil = !strcmp(buffers, "both");
   hw.bottom_left_origin = !strcmp(origin, "bottom");
   hw.cache_context = is_on("draws_cache");
   if (shared && !ask(RETRO_ENVIRONMENT_SET_HW_SHARED_CONTEXT, NULL))
      return false;
   pixels = calloc(4096 * 4096, sizeof(*pixels));
   return pixels && choose_api() && ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

static void go_wrong(void)
{
   const char *fault = option("draws_fault", "none");
   if (!strcmp(fault, "abort"))
      abort();
   if (!strcmp(fault, "segv"))
      *(volatile int *)8 = 1;
   while (!strcmp(fault, "hang"))
      sleep(1);
}

void retro_run(void)
{
   static int16_t silence[1600];
   unsigned size = every ? frame / every % size_count : 0, width = sizes[size].width, height = sizes[size].height;
   uint16_t rows[ROWS];
   unsigned turn = mix ? frame % 4 : 0;
   look_for_context();
   if (every && frame && frame % every == 0)
   {
      struct retro_system_av_info info = av_info(width, height, width, height);
      if (!strcmp(announce, "geometry"))
         ask(RETRO_ENVIRONMENT_SET_GEOMETRY, &info.geometry);
      if (!strcmp(announce, "av_info"))
         ask(RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &info);
   }
   if (again && frame == 5)
   {
      seen.errors += !ask(RETRO_ENVIRONMENT_SET_HW_RENDER, &hw);
      hw.context_type = RETRO_HW_CONTEXT_VULKAN;
      seen.refused += !ask(RETRO_ENVIRONMENT_SET_HW_RENDER, &hw);
      hw.context_type = RETRO_HW_CONTEXT_NONE;
      seen.refused += !ask(RETRO_ENVIRONMENT_SET_HW_RENDER, &hw);
   }
   poll_inputs();
   fill_rows(rows);
   if (rows[3] >> RETRO_DEVICE_ID_JOYPAD_A & 1)
      go_wrong();
   fill_vertices(rows);
   if (turn < 2)
   {
      draw(width, height);
      if (disorder)
         make_disorder();
      if (shows)
         show(RETRO_HW_FRAME_BUFFER_VALID, width, height, 0);
      else
         gl.Finish();
      if (disorder)
         look_at_disorder();
   }
   else if (turn == 2)
   {
      draw_in_memory(rows, width, height);
      show(pixels, width, height, width * 4);
   }
   else
      show(NULL, width, height, 0);
   play(silence, 800);
   frame++;
}

void retro_reset(void)
{
   look_for_context();
   frame = 0;
}

size_t retro_serialize_size(void) { look_for_context(); return sizeof(frame); }

bool retro_serialize(void *data, size_t size)
{
   look_for_context();
   memcpy(data, &frame, sizeof(frame));
   return size >= sizeof(frame);
}

bool retro_unserialize(const void *data, size_t size)
{
   look_for_context();
   if (size < sizeof(frame))
      return false;
   memcpy(&frame, data, sizeof(frame));
   return true;
}

void retro_unload_game(void)
{
   has_context = true;
   look_for_context();
   say("resets %u, destroys %u, without context %u, disturbed %u, errors %u, refused %u", seen.resets, seen.destroys,
      seen.without, seen.disturbed, seen.errors, seen.refused);
   free(pixels);
}
