import Engine
import Foundation
import TestSupport
import Testing

@testable import Stages

@Suite struct InferenceInputTests {
  private func write(_ text: String, to file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  @Test func foldersAndListsAreTakenApart() throws {
    try TestFiles.withTemporaryDirectory { folder in
      for name in ["b/2.MP4", "b/a.jpg", "b/.hidden.jpg", "b/notes.md", "b/c/d.webp"] {
        try write("", to: folder.appending(path: name))
      }
      try write("# comment\n\n  x.jpg \r\ny.mp4\n", to: folder.appending(path: "list.txt"))
      let root = folder.path(percentEncoded: false)
      let input = try InferenceInput([
        "m.safetensors", "odd.xyz", "\(root)/b", "\(root)/list.txt", "n.safetensors", "\(root)/b/",
      ])
      #expect(input.models == ["m.safetensors", "n.safetensors"])
      let below = ["2.MP4", "a.jpg", "c/d.webp"].map { "\(root)/b/\($0)" }
      #expect(input.files == ["odd.xyz"] + below + ["x.jpg", "y.mp4"] + below)
    }
  }

  @Test(arguments: [[], ["m.safetensors"], ["a.jpg"], ["m.safetensors", "gone.txt"]])
  func whatCannotBeAskedIsRefused(arguments: [String]) {
    #expect(throws: ToolError.self) { try InferenceInput(arguments) }
  }

  @Test func viewsAreTheEightWaysToLayASquare() {
    let pixels: [UInt8] = [0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23]
    func reds(_ views: TestTimeViews) -> [[UInt8]] {
      views.of(pixels, side: 2).map { view in stride(from: 0, to: 12, by: 3).map { view[$0] } }
    }
    #expect(reds(TestTimeViews()) == [[0, 1, 2, 3]])
    #expect(reds(TestTimeViews(flips: true)) == [[0, 1, 2, 3], [1, 0, 3, 2]])
    #expect(reds(TestTimeViews(rotations: true)) == [[0, 1, 2, 3], [2, 0, 3, 1], [3, 2, 1, 0], [1, 3, 0, 2]])
    let all = TestTimeViews(flips: true, rotations: true)
    #expect(Set(reds(all)).count == 8)
    #expect(all.count == 8)
    for view in all.of(pixels, side: 2) {
      for pixel in 0..<4 { #expect(view[3 * pixel] + 20 == view[3 * pixel + 2]) }
    }
  }
}
