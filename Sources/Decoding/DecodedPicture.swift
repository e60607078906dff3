import CFFmpeg
package import Imaging
package import Records
private import Synchronization

/// A decoded frame as FFmpeg holds it, in its own pixel format; turned into RGB, and upright, where it is looked at.
package final class DecodedPicture: Picture {
  package let width: Int
  package let height: Int
  /// How its values become RGB.
  package let colour: ColourConversion
  private let frame: FrameReference
  private let orientation: Orientation
  private let converter: SharedConverter
  /// What was converted last: a face is looked at again within what its crop shows.
  private let last = Mutex<(rectangle: PixelRectangle, image: Image)?>(nil)

  init(
    _ frame: UnsafePointer<AVFrame>, orientation: Orientation, converter: SharedConverter, path: String
  ) throws(DecodingError) {
    let size = (Int(frame.pointee.width), Int(frame.pointee.height))
    (width, height) = orientation.swapsAxes ? (size.1, size.0) : size
    colour = FrameColour(of: frame.pointee).conversion
    self.frame = try FrameReference(frame, path: path)
    self.orientation = orientation
    self.converter = converter
  }

  package func region(_ rectangle: PixelRectangle) throws -> Image {
    if let known = last.withLock({ $0 }), known.rectangle.contains(rectangle) {
      return known.image.region(
        PixelRectangle(
          x: rectangle.x - known.rectangle.x, y: rectangle.y - known.rectangle.y, width: rectangle.width,
          height: rectangle.height))
    }
    let stored = orientation.stored(rectangle, width: width, height: height)
    let image = orientation.apply(try converter.convert(frame, stored))
    last.withLock { $0 = (rectangle, image) }
    return image
  }

  package func reduced(width: Int, height: Int) throws -> Image {
    if width == self.width, height == self.height { return try image() }
    let (storedWidth, storedHeight) = orientation.swapsAxes ? (height, width) : (width, height)
    return orientation.apply(try converter.reduce(frame, width: storedWidth, height: storedHeight))
  }

  package func luma(width: Int, height: Int) throws -> [UInt8] {
    let (storedWidth, storedHeight) = orientation.swapsAxes ? (height, width) : (width, height)
    return orientation.apply(
      try converter.luma(frame, width: storedWidth, height: storedHeight), width: storedWidth, height: storedHeight)
  }
}

/// Keeps a decoder's frame alive; its pixels are shared with the decoder and never written to.
final class FrameReference: @unchecked Sendable {
  // Sendable: written once, when made; the pixels are constant from then on.
  let pointer: UnsafePointer<AVFrame>

  init(_ frame: UnsafePointer<AVFrame>, path: String) throws(DecodingError) {
    guard let clone = av_frame_clone(frame) else { throw .outOfMemory(path) }
    pointer = UnsafePointer(clone)
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = UnsafeMutablePointer(mutating: pointer)
    av_frame_free(&frame)
  }
}
