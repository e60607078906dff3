import Foundation
import Records
import TestSupport
import Testing

@testable import Decoding

@Suite struct BadInputTests {
  private func code(_ body: () throws -> Void) throws -> DecodingError.Code {
    try #require(throws: DecodingError.self, performing: body).code
  }

  @Test func aFileCutInHalfGivesItsFramesAndListsTheRest() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let whole = folder.appending(path: "whole.mp4")
      try SyntheticVideo.make(
        at: whole, width: 96, height: 64, frames: 60, framesPerSecond: 25,
        codecArguments: SyntheticVideo.h264 + ["-movflags", "faststart"]
      ) { SyntheticVideo.card(width: 96, height: 64, frameIndex: $0) }
      let bytes = try Data(contentsOf: whole)
      let cut = folder.appending(path: "cut.mp4")
      try bytes.prefix(bytes.count / 2).write(to: cut)

      let times = try VideoFile(whole).timestamps()
      let reference = try FFmpegReference.frameDigests(of: whole).digests
      let (digests, summary) = try VideoFile(cut).planeDigests(times)
      #expect(summary.framesDelivered > 15 && summary.framesDelivered < 45)
      #expect(summary.framesDelivered + summary.missing.count == times.count)
      #expect(Set(digests.keys).isDisjoint(with: summary.missing))
      #expect(summary.decoderErrors > 0 && summary.firstDecoderError != nil)
      for (pts, digest) in digests where !summary.damaged.contains(pts) { #expect(digest == reference[pts]) }
      #expect(digests == (try FFmpegReference.frameDigests(of: cut).digests))
      // The packets that are there tell the times that may be asked for.
      #expect(try VideoFile(cut).timestamps().count < 45)
    }
  }

  @Test(arguments: 0..<6) func damageShowsAsItDoesInFFmpegHoweverFewFramesAreWanted(seed: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "clip.mp4")
      try SyntheticVideo.make(
        at: url, width: 96, height: 64, frames: 60, framesPerSecond: 25,
        codecArguments: SyntheticVideo.h264 + ["-movflags", "faststart"]
      ) { SyntheticVideo.card(width: 96, height: 64, frameIndex: $0) }
      var bytes = try Data(contentsOf: url)
      var random = KeyedRandom(seed: UInt64(seed), key: "damage", stage: "test")
      // In the media data, which follows the index.
      for _ in 0..<3 {
        let start = bytes.count / 3 + Int(random.next() % UInt64(bytes.count / 2))
        for offset in 0..<40 { bytes[start + offset] = UInt8(truncatingIfNeeded: random.next()) }
      }
      try bytes.write(to: url)
      let reference = try FFmpegReference.frameDigests(of: url).digests
      let video = try VideoFile(url)
      let times = try video.timestamps()
      var errors = 0
      for wanted in [times, FrameSelection.uniform(count: 6, of: times), FrameSelection.uniform(count: 15, of: times)] {
        let (digests, summary) = try video.planeDigests(wanted)
        #expect(digests == reference.filter { wanted.contains($0.key) })
        #expect(summary.missing == wanted.filter { reference[$0] == nil })
        errors += summary.decoderErrors + summary.damaged.count
      }
      #expect(errors > 0, "the damage did not show")
    }
  }

  @Test func aTimeThatIsNoFramesIsMissingAndNotReplaced() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let video = try VideoFile(try Recipe.all[0].make(in: folder, frames: 8))
      let times = try video.timestamps()
      let (frames, summary) = try video.frames([times[0], times[0] + 1, times[7], times[7] + 999])
      #expect(frames.map(\.pts) == [times[0], times[7]])
      #expect(summary.missing == [times[0] + 1, times[7] + 999])
    }
  }

  @Test func badContentHasACodeOfItsOwn() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let text = folder.appending(path: "text.mp4")
      try Data("This is not a video, whatever its name says.\n".utf8).write(to: text)
      #expect(try code { _ = try VideoFile(text) } == .cannotOpen)

      let empty = folder.appending(path: "empty.mp4")
      try Data().write(to: empty)
      #expect(try code { _ = try VideoFile(empty) } == .cannotOpen)

      let audio = folder.appending(path: "audio.m4a")
      try runProcess(
        "ffmpeg",
        ["-v", "error", "-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", audio.path(percentEncoded: false)])
      #expect(try code { _ = try VideoFile(audio) } == .noVideoStream)
    }
  }

  @Test func aPlaylistOpensNoOtherFile() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let clip = try Recipe.all[11].make(in: folder, frames: 8)
      let playlist = folder.appending(path: "list.mp4")
      let text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.32,\n\(clip.absoluteString)\n#EXT-X-ENDLIST\n"
      try Data(text.utf8).write(to: playlist)
      #expect(throws: DecodingError.self) { try VideoFile(playlist).timestamps() }
      try Data(text.replacing("file://", with: "").utf8).write(to: playlist)
      #expect(throws: DecodingError.self) { try VideoFile(playlist).timestamps() }
    }
  }

  @Test func failuresOfTheMachineAreToldFromBadFiles() throws {
    let missing = try #require(throws: DecodingError.self) { _ = try VideoFile(path: "/no/such/folder/a.mp4") }
    #expect(missing.code == .io && missing.isInputOutput)
    #expect(missing.message.contains("No such file"))
    try TestFiles.withTemporaryDirectory { folder in
      // Opens, but every read fails: what a dead disk looks like.
      let unreadable = try #require(throws: DecodingError.self) { _ = try VideoFile(folder) }
      #expect(unreadable.isInputOutput)
    }
    #expect(!DecodingError(.cannotOpen, path: "a", message: "b").isInputOutput)
  }

  @Test func limitsHold() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try Recipe.all[0].make(in: folder, frames: 8)
      #expect(try code { _ = try VideoFile(url, limits: .init(maximumPixelsPerFrame: 96 * 64 - 1)) } == .tooLarge)
      #expect(try VideoFile(url, limits: .init(maximumPixelsPerFrame: 96 * 64)).properties.width == 96)
      let short = try VideoFile(url, limits: .init(maximumPackets: 5))
      #expect(try code { _ = try short.timestamps() } == .tooManyPackets)
      let times = try VideoFile(url).timestamps()
      #expect(try code { _ = try short.decode(times) { _ in } } == .tooManyPackets)
      let long = try VideoFile(url, limits: .init(maximumDecodedPixels: 5 * 96 * 64))
      var delivered = 0
      #expect(try code { _ = try long.decode(times) { _ in delivered += 1 } } == .tooLong)
      #expect(delivered == 5, "what was decoded until then is lost")
      #expect(try VideoFile(url, limits: .init(maximumDecodedPixels: 8 * 96 * 64)).frames(times).frames.count == 8)
    }
  }
}
