import Splitting
import Testing

@Suite struct VideoNameTests {
  @Test(
    arguments: [
      ("Celeb-synthesis/id0_id1_0007.mp4", "", "id0", "id1", "id0_0007", nil),
      ("id12_0003", "", "id12", nil, "id12_0003", nil),
      ("071_054", "FaceForensics++/FF-DF", "071", "054", "071", nil),
      ("manipulated_sequences\\Face2Face\\c23\\videos\\750_743.mp4", "", "750", "743", "750", nil),
      ("original_sequences/youtube/c40/videos/004.mp4", "", "004", nil, "004", nil),
      ("01__kitchen_pan.mp4", "", "actor-01", nil, "01__kitchen_pan", "kitchen_pan"),
      (
        "07_21__talking_against_wall__ZQ9K3FQT", "DFD", "actor-07", "actor-21", "07__talking_against_wall",
        "talking_against_wall"
      ),
      ("000_M101", "DeeperForensics-1.0", "000", "M101", "000", nil),
    ] as [(String, String, String, String?, String, String?)])
  func `a name is read by its dataset's grammar`(
    path: String, dataset: String, identity: String, donor: String?, original: String, scene: String?
  ) throws {
    let name = try #require(VideoName(path, dataset: dataset))
    #expect(name.identity == identity && name.donor == donor && name.original == original && name.scene == scene)
  }

  @Test(arguments: [
    ("real/001.jpg", ""), ("YouTube-real/00170.mp4", "Celeb-DF-v2"), ("aabbccddee.mp4", "DFDC"),
    ("071_054.png", "own pictures"), ("", ""), ("id0.mp4", ""),
  ])
  func `what is no such name says nothing`(path: String, dataset: String) {
    #expect(VideoName(path, dataset: dataset) == nil)
  }

  @Test func `a stem is the last part without its extension`() {
    #expect(VideoName.stem("a/b.c/d.mp4") == "d" && VideoName.stem("a\\b.png") == "b")
    #expect(VideoName.stem("name") == "name" && VideoName.stem(".hidden") == ".hidden")
  }
}
