import Foundation
import Imaging
import TestSupport
import Testing

@testable import Decoding

/// Genuine files, good and awkward; runs where they lie beside the checkout.
@Suite(.enabled(if: TestFiles.sharedMedia != nil, "no shared/media beside the checkout"))
struct SharedMediaTests {
  private static func files(_ extensions: Set<String>) -> [URL] {
    guard let root = TestFiles.sharedMedia,
      let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    else { return [] }
    return walk.compactMap { $0 as? URL }.filter { extensions.contains($0.pathExtension) }.sorted { $0.path < $1.path }
  }

  private static let videos = files(["mp4", "mov", "mkv", "avi", "webm", "mpg", "ogv", "ts"])
  private static let awkwardVideos = videos.filter { $0.path.contains("/awkward/") }
  private static let awkwardImages = files(["jpg", "png", "webp", "tif", "bmp"])
    .filter { $0.path.contains("/awkward/") }

  /// `DFPREP_EVERY_FRAME=1` compares every frame of every clip, which takes several minutes.
  @Test(arguments: videos) func framesOfEveryVideoAreThoseOfFFmpegOrItHasACode(url: URL) throws {
    let video: VideoFile
    let times: [Int64]
    do throws(DecodingError) {
      video = try VideoFile(url)
      times = try video.timestamps()
    } catch {
      #expect(url.path.contains("/awkward/"), "\(error)")
      #expect(!error.isInputOutput)
      return
    }
    let timeline = try video.timeline()
    let isThorough = ProcessInfo.processInfo.environment["DFPREP_EVERY_FRAME"] != nil
    let selections: [FrameSelection] = [
      .segments(count: 4), .random(count: 3, seed: 5, key: url.lastPathComponent), .uniform(count: 2),
    ]
    let wanted = isThorough ? times : Set(selections.flatMap { $0.times(of: timeline) }).sorted()
    let reference = try FFmpegReference.frameDigests(of: url, at: isThorough ? nil : wanted).digests
    let (digests, summary) = try video.planeDigests(wanted)
    #expect(digests == reference.filter { wanted.contains($0.key) }, "\(summary)")
    #expect(summary.missing == wanted.filter { reference[$0] == nil })
    #expect(summary.framesDelivered + summary.missing.count == wanted.count)
    #expect(url.path.contains("/awkward/") || summary.missing == [] && summary.decoderErrors == 0, "\(summary)")
  }

  @Test(arguments: awkwardVideos) func awkwardFramesAreThoseOfFFmpeg(url: URL) throws {
    let video: VideoFile
    let times: [Int64]
    do throws(DecodingError) {
      video = try VideoFile(url)
      times = try video.timestamps()
    } catch {
      return  // The codes are the other test's.
    }
    let reference = try FFmpegReference.frameDigests(of: url).digests
    for wanted in [times, FrameSelection.uniform(count: 7, of: times)] {
      let (digests, summary) = try video.planeDigests(wanted)
      #expect(digests == reference.filter { wanted.contains($0.key) }, "\(summary)")
      #expect(summary.missing == wanted.filter { reference[$0] == nil })
    }
  }

  @Test(arguments: awkwardImages) func awkwardPicturesComeOutOrAreMissing(url: URL) throws {
    let picture = try VideoFile(url)
    #expect(picture.properties.isStillImage)
    #expect(try picture.timestamps() == [0])
    let (frames, summary) = try picture.frames([0])
    #expect(frames.count + summary.missing.count == 1)
    #expect(summary.missing == (url.lastPathComponent == "broken_data_stream.png" ? [0] : []))
  }
}
