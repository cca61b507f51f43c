//! The running game's picture: a texture, drawn by a shader of its own.

use super::picture_layout::Part;
use crate::frame::Picture;
use crate::settings::Look;
use eframe::egui_wgpu::{self, CallbackTrait, RenderState, wgpu};
use egui::{PaintCallbackInfo, Rect, Vec2};

/// Uploads a new picture, whether or not the window paints afterwards.
pub fn upload(render_state: &RenderState, picture: &Picture) {
    let pixels = picture.width as usize * picture.height as usize;
    if pixels == 0 || picture.pixels.len() < pixels {
        return;
    }
    let mut renderer = render_state.renderer.write();
    let gpu = renderer
        .callback_resources
        .entry::<Gpu>()
        .or_insert_with(|| Gpu::new(&render_state.device, render_state.target_format));
    gpu.upload(&render_state.device, &render_state.queue, picture);
}

/// Draws this part of the newest picture into `rect`.
pub fn paint(ui: &egui::Ui, rect: Rect, part: Part, look: Look) {
    let target_px = rect.size() * ui.ctx().pixels_per_point();
    ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, PictureCallback { target_px, part, look }));
}

/// The number of a look in `assets/shaders/looks.wgsl`.
fn number(look: Look) -> u32 {
    match look {
        Look::Sharp => 0,
        Look::Smooth => 1,
        Look::Scanlines => 2,
        Look::Tube => 3,
        Look::Grid => 4,
        Look::Rounded => 5,
    }
}

/// The part, or all of a picture that does not have it: one of another size came since.
fn within(part: Part, size: [u32; 2]) -> Part {
    let fits =
        [0, 1].into_iter().all(|axis| u64::from(part.at[axis]) + u64::from(part.size[axis]) <= u64::from(size[axis]));
    if fits { part } else { Part::all(size) }
}

/// Of the shader's `Sizes`, which ends on a multiple of eight bytes.
const SIZES_BYTES: u64 = 40;

const SHADER: &str =
    concat!(include_str!("../../assets/shaders/preview.wgsl"), include_str!("../../assets/shaders/looks.wgsl"));

/// Made at the first picture.
struct Gpu {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    sizes: wgpu::Buffer,
    shown: Option<ShownPicture>,
}

struct ShownPicture {
    texture: wgpu::Texture,
    bindings: wgpu::BindGroup,
    size: [u32; 2],
}

impl Gpu {
    fn new(device: &wgpu::Device, target: wgpu::TextureFormat) -> Self {
        let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("preview"),
            source: wgpu::ShaderSource::Wgsl(SHADER.into()),
        });
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty,
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("preview"),
            entries: &[
                entry(
                    0,
                    wgpu::BindingType::Texture {
                        sample_type: wgpu::TextureSampleType::Float { filterable: true },
                        view_dimension: wgpu::TextureViewDimension::D2,
                        multisampled: false,
                    },
                ),
                entry(1, wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering)),
                entry(
                    2,
                    wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                ),
            ],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("preview"),
            bind_group_layouts: &[Some(&layout)],
            ..Default::default()
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("preview"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("corner"),
                compilation_options: Default::default(),
                buffers: &[],
            },
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some(if target.is_srgb() { "as_light" } else { "as_stored" }),
                compilation_options: Default::default(),
                targets: &[Some(target.into())],
            }),
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            multiview_mask: None,
            cache: None,
        });
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("preview"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        let sizes = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("preview"),
            size: SIZES_BYTES,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { pipeline, layout, sampler, sizes, shown: None }
    }

    fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, picture: &Picture) {
        let size = [picture.width, picture.height];
        let most = device.limits().max_texture_dimension_2d;
        if size.iter().any(|side| *side > most) {
            return;
        }
        if self.shown.as_ref().is_none_or(|shown| shown.size != size) {
            self.shown = Some(self.texture(device, size));
        }
        let Some(shown) = &self.shown else { return };
        let extent = shown.texture.size();
        let pixels = size[0] as usize * size[1] as usize;
        queue.write_texture(
            shown.texture.as_image_copy(),
            bytemuck::cast_slice(&picture.pixels[..pixels]),
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(size[0] * 4), rows_per_image: None },
            extent,
        );
    }

    fn texture(&self, device: &wgpu::Device, size: [u32; 2]) -> ShownPicture {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("preview"),
            size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Bgra8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&Default::default());
        let bindings = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("preview"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(&self.sampler) },
                wgpu::BindGroupEntry { binding: 2, resource: self.sizes.as_entire_binding() },
            ],
        });
        ShownPicture { texture, bindings, size }
    }
}

struct PictureCallback {
    target_px: Vec2,
    part: Part,
    look: Look,
}

impl CallbackTrait for PictureCallback {
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &egui_wgpu::ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut egui_wgpu::CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(gpu) = resources.get::<Gpu>()
            && let Some(shown) = &gpu.shown
        {
            let Part { at, size } = within(self.part, shown.size);
            let [from, size, full] = [at, size, shown.size].map(|pair| pair.map(|side| (side as f32).to_bits()));
            let target = [self.target_px.x, self.target_px.y].map(f32::to_bits);
            let sizes =
                [size[0], size[1], target[0], target[1], from[0], from[1], full[0], full[1], number(self.look), 0];
            queue.write_buffer(&gpu.sizes, 0, bytemuck::cast_slice(&sizes));
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &egui_wgpu::CallbackResources,
    ) {
        let Some(gpu) = resources.get::<Gpu>() else { return };
        let Some(shown) = &gpu.shown else { return };
        pass.set_pipeline(&gpu.pipeline);
        pass.set_bind_group(0, &shown.bindings, &[]);
        pass.draw(0..3, 0..1);
    }
}
