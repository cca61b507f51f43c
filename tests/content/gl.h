/* As much of OpenGL as the test core uses; every function is asked for by its name. Values are Khronos'. */

#include <stddef.h>
#include <stdint.h>

#define GL_TRIANGLES 0x0004
#define GL_LESS 0x0201
#define GL_EQUAL 0x0202
#define GL_ALWAYS 0x0207
#define GL_DEPTH_BUFFER_BIT 0x0100
#define GL_STENCIL_BUFFER_BIT 0x0400
#define GL_COLOR_BUFFER_BIT 0x4000
#define GL_STENCIL_TEST 0x0B90
#define GL_DEPTH_TEST 0x0B71
#define GL_SCISSOR_TEST 0x0C11
#define GL_READ_BUFFER 0x0C02
#define GL_PACK_ROW_LENGTH 0x0D02
#define GL_PACK_SKIP_ROWS 0x0D03
#define GL_PACK_SKIP_PIXELS 0x0D04
#define GL_PACK_ALIGNMENT 0x0D05
#define GL_FLOAT 0x1406
#define GL_KEEP 0x1E00
#define GL_REPLACE 0x1E01
#define GL_VERSION 0x1F02
#define GL_ARRAY_BUFFER 0x8892
#define GL_DYNAMIC_DRAW 0x88E8
#define GL_PIXEL_PACK_BUFFER 0x88EB
#define GL_PIXEL_PACK_BUFFER_BINDING 0x88ED
#define GL_FRAGMENT_SHADER 0x8B30
#define GL_VERTEX_SHADER 0x8B31
#define GL_COMPILE_STATUS 0x8B81
#define GL_LINK_STATUS 0x8B82
#define GL_DRAW_FRAMEBUFFER 0x8CA9
#define GL_READ_FRAMEBUFFER 0x8CA8
#define GL_READ_FRAMEBUFFER_BINDING 0x8CAA
#define GL_FRAMEBUFFER 0x8D40
#define GL_FRAMEBUFFER_BINDING 0x8CA6
#define GL_COLOR_ATTACHMENT0 0x8CE0

/* Result, name, arguments. */
#define GL_FUNCTIONS(X) \
   X(void, ActiveTexture, (unsigned)) \
   X(void, AttachShader, (unsigned, unsigned)) \
   X(void, BindAttribLocation, (unsigned, unsigned, const char *)) \
   X(void, BindBuffer, (unsigned, unsigned)) \
   X(void, BindFramebuffer, (unsigned, unsigned)) \
   X(void, BufferData, (unsigned, ptrdiff_t, const void *, unsigned)) \
   X(void, Clear, (unsigned)) \
   X(void, ClearColor, (float, float, float, float)) \
   X(void, CompileShader, (unsigned)) \
   X(unsigned, CreateProgram, (void)) \
   X(unsigned, CreateShader, (unsigned)) \
   X(void, DeleteBuffers, (int, const unsigned *)) \
   X(void, DeleteProgram, (unsigned)) \
   X(void, DepthFunc, (unsigned)) \
   X(void, Disable, (unsigned)) \
   X(void, DrawArrays, (unsigned, int, int)) \
   X(void, Enable, (unsigned)) \
   X(void, EnableVertexAttribArray, (unsigned)) \
   X(void, Finish, (void)) \
   X(void, GenBuffers, (int, unsigned *)) \
   X(void, GenFramebuffers, (int, unsigned *)) \
   X(unsigned, GetError, (void)) \
   X(void, GetIntegerv, (unsigned, int *)) \
   X(void, GetProgramiv, (unsigned, unsigned, int *)) \
   X(void, GetShaderiv, (unsigned, unsigned, int *)) \
   X(const char *, GetString, (unsigned)) \
   X(void, LinkProgram, (unsigned)) \
   X(void, PixelStorei, (unsigned, int)) \
   X(void, Scissor, (int, int, int, int)) \
   X(void, ShaderSource, (unsigned, int, const char *const *, const int *)) \
   X(void, StencilFunc, (unsigned, int, unsigned)) \
   X(void, StencilOp, (unsigned, unsigned, unsigned)) \
   X(void, UseProgram, (unsigned)) \
   X(void, VertexAttribPointer, (unsigned, int, unsigned, unsigned char, int, const void *)) \
   X(void, Viewport, (int, int, int, int))

/* Not in every kind of context. */
#define GL_MORE_FUNCTIONS(X) \
   X(void, Begin, (unsigned)) \
   X(void, End, (void)) \
   X(void, Color3f, (float, float, float)) \
   X(void, Vertex3f, (float, float, float)) \
   X(void, BindVertexArray, (unsigned)) \
   X(void, GenVertexArrays, (int, unsigned *)) \
   X(void, ReadBuffer, (unsigned))

#define GL_FIELD(result, name, arguments) result (*name) arguments;

struct gl
{
   GL_FUNCTIONS(GL_FIELD)
   GL_MORE_FUNCTIONS(GL_FIELD)
};
