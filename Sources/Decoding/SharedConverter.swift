import Imaging
import Synchronization

/// The converters of one file, which the file's pictures share; conversions wait for each other.
final class SharedConverter: Sendable {
  private struct Converters {
    let pixels: PixelConverter
    let reducer: PictureReducer
  }

  private let converters: Mutex<Converters>

  init(path: String) {
    converters = Mutex(Converters(pixels: PixelConverter(path: path), reducer: PictureReducer(path: path)))
  }

  /// A rectangle of the frame as stored, not yet turned upright.
  func convert(_ frame: FrameReference, _ rectangle: PixelRectangle) throws(DecodingError) -> Image {
    try converters.withLock { converters throws(DecodingError) in
      try converters.pixels.convert(frame.pointer, rectangle)
    }
  }

  /// The whole frame as stored at a smaller size.
  func reduce(_ frame: FrameReference, width: Int, height: Int) throws(DecodingError) -> Image {
    try converters.withLock { converters throws(DecodingError) in
      try converters.reducer.reduce(frame.pointer, width: width, height: height)
    }
  }

  /// Luma of the whole frame as stored at a smaller size.
  func luma(_ frame: FrameReference, width: Int, height: Int) throws(DecodingError) -> [UInt8] {
    try converters.withLock { converters throws(DecodingError) in
      try converters.reducer.luma(frame.pointer, width: width, height: height)
    }
  }
}
