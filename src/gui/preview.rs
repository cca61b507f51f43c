//! The running game's picture: a texture, drawn by a shader of its own.

use crate::frame::Picture;
use crate::settings::{Look, Scaling};
use eframe::egui_wgpu::{self, CallbackTrait, RenderState, wgpu};
use egui::{PaintCallbackInfo, Rect, Vec2, vec2};

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

/// Where a picture goes inside `area`, in points, on whole screen pixels.
///
/// `size` is in the core's pixels; `aspect` is width by height as it should look.
pub fn place(area: Rect, pixels_per_point: f32, size: [u32; 2], aspect: f32, scaling: Scaling) -> Rect {
    let aspect = if aspect.is_finite() && aspect > 0.0 { aspect } else { 4.0 / 3.0 };
    let space = area.size() * pixels_per_point;
    let fitted_height = space.y.min(space.x / aspect).max(1.0);
    let rows = size[1].max(1) as f32;
    let whole_height = (fitted_height / rows).floor() * rows;
    let height = match scaling {
        Scaling::Whole if whole_height > 0.0 => whole_height,
        _ => fitted_height.floor(),
    };
    let pixels = vec2((height * aspect).round().clamp(1.0, space.x.max(1.0)), height);
    let corner = (area.min.to_vec2() * pixels_per_point + (space - pixels) / 2.0).round();
    Rect::from_min_size((corner / pixels_per_point).to_pos2(), pixels / pixels_per_point)
}

/// Draws the newest picture into `rect`.
pub fn paint(ui: &egui::Ui, rect: Rect, look: Look) {
    let target_px = rect.size() * ui.ctx().pixels_per_point();
    ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, PictureCallback { target_px, look }));
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

/// Of the shader's `Sizes`, which ends on a multiple of eight bytes.
const SIZES_BYTES: u64 = 24;

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
            let sizes =
                [shown.size[0] as f32, shown.size[1] as f32, self.target_px.x, self.target_px.y].map(f32::to_bits);
            let [a, b, c, d] = sizes;
            queue.write_buffer(&gpu.sizes, 0, bytemuck::cast_slice(&[a, b, c, d, number(self.look), 0]));
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

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    fn area(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height))
    }

    #[test]
    fn the_picture_is_as_large_as_fits_and_in_the_middle() {
        let placed = place(area(800.0, 600.0), 1.0, [256, 240], 16.0 / 9.0, Scaling::Sharp);
        assert_eq!(placed.size(), vec2(800.0, 450.0));
        assert_eq!(placed.center(), area(800.0, 600.0).center());
        let placed = place(area(800.0, 300.0), 1.0, [256, 240], 4.0 / 3.0, Scaling::Sharp);
        assert_eq!(placed.size(), vec2(400.0, 300.0));
    }

    #[test]
    fn whole_numbers_count_screen_pixels_not_points() {
        let placed = place(area(400.0, 300.0), 2.0, [256, 240], 4.0 / 3.0, Scaling::Whole);
        // 600 screen pixels hold two rows of pixels for each of 240: 480, which is 240 points.
        assert_eq!(placed.size(), vec2(320.0, 240.0));
    }

    #[test]
    fn a_picture_larger_than_its_area_still_fits() {
        for scaling in [Scaling::Sharp, Scaling::Whole] {
            let placed = place(area(300.0, 200.0), 1.0, [640, 480], 4.0 / 3.0, scaling);
            assert!(area(300.0, 200.0).contains_rect(placed), "{scaling:?} {placed:?}");
        }
    }

    #[test]
    fn nonsense_sizes_give_a_usable_rectangle() {
        for aspect in [f32::NAN, f32::INFINITY, 0.0, -1.0, 1e-9, 1e9] {
            let placed = place(area(0.0, 0.0), 1.5, [0, 0], aspect, Scaling::Whole);
            assert!(placed.width() > 0.0 && placed.height() > 0.0 && placed.is_finite(), "{aspect}");
        }
    }
}
