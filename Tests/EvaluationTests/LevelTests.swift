import Evaluation
import Records
import Testing

@Suite struct LevelTests {
  private func sample(
    _ key: String, _ video: String, _ scores: [Double], label: Label = .real, method: String? = nil, fold: Int? = nil,
    dataset: String = "d", cluster: Int? = nil, facePixels: Double? = nil
  ) -> Judgement {
    Judgement(
      key: key, video: video, group: "g", dataset: dataset, method: method, label: label, fold: fold, cluster: cluster,
      facePixels: facePixels, scores: scores)
  }

  @Test func `a video's score is the mean of its samples', whatever their order`() throws {
    let samples = [
      sample("b1", "b", [0.5], label: .fake), sample("a2", "a", [0.1]), sample("a1", "a", [0.2]),
      sample("a3", "a", [0.3]),
    ]
    let videos = try Level.videos.items(samples)
    #expect(videos.map(\.key) == ["a", "b"])
    #expect(videos[0].scores == [(0.2 + 0.1 + 0.3) / 3])
    #expect(try Level.videos.items(samples.reversed()) == videos)
    #expect(try Level.frames.items(samples).map(\.key) == ["a1", "a2", "a3", "b1"])
  }

  @Test func `videos of equal names that differ in dataset, method, label or fold are apart`() throws {
    let samples = [
      sample("1", "071", [0.1]), sample("2", "071", [0.2], label: .fake), sample("3", "071", [0.3], dataset: "e"),
      sample("4", "071", [0.4], label: .fake, method: "FaceSwap"), sample("5", "071", [0.5], fold: 1),
    ]
    #expect(try Level.videos.items(samples).count == 5)
  }

  @Test func `pictures are no videos, and told by their names`() throws {
    let samples = [
      sample("1", "d/a.JPG", [0.1]), sample("2", "d/b.mp4", [0.2]), sample("3", "d/c.png/x", [0.3]),
      sample("4", "d/a.JPG", [0.3]),
    ]
    #expect(try Level.images.items(samples).map(\.video) == ["d/a.JPG"])
    #expect(try Level.images.items(samples)[0].scores == [0.2])
    #expect(try Level.videos.items(samples).map(\.video) == ["d/b.mp4", "d/c.png/x"])
  }

  @Test func `a video is missing when no sample has a score, and has the median of what was measured`() throws {
    let samples = [
      sample("1", "v", [], facePixels: 5), sample("2", "v", [0.25], cluster: 1, facePixels: 10),
      sample("3", "v", [0.75], cluster: 0, facePixels: 30), sample("4", "w", []),
    ]
    let videos = try Level.videos.items(samples)
    #expect(videos.map(\.isMissing) == [false, true])
    #expect(videos[0].scores == [0.5] && videos[0].facePixels == 20 && videos[0].cluster == 0)
    #expect(videos[1].missing == "no-score")
  }

  @Test func `ways of joining frames`() {
    let scores = [0.9, 0.1, 0.4, 0.2]
    #expect(VideoAggregation.mean.score(scores) == (0.9 + 0.1 + 0.4 + 0.2) / 4)
    #expect(abs(VideoAggregation.median.score(scores) - 0.3) < 1e-15)
    #expect(VideoAggregation.median.score([0.1, 0.7, 0.2]) == 0.2)
    #expect(VideoAggregation.max.score(scores) == 0.9)
  }

  @Test func `the confident way takes enough sure fakes, or nearly only sure reals, else all`() {
    func confident(_ parts: (Int, Double)...) -> Double {
      VideoAggregation.confident.score(parts.flatMap { Array(repeating: $1, count: $0) })
    }
    #expect(confident((13, 1), (19, 0.5)) == 1)
    // 12 of 32 are not more than 32 / 2.5, and 11 of 12 not more than 11.
    #expect(confident((12, 1), (20, 0.5)) == 22.0 / 32)
    #expect(confident((11, 1), (1, 0.5)) == 11.5 / 12)
    #expect(confident((12, 1), (1, 0.5)) == 1)
    #expect(confident((19, 0), (1, 0.5)) == 0)
    // Nine tenths are not more than nine tenths; 0.8 and 0.2 themselves are not sure.
    #expect(confident((9, 0), (1, 0.5)) == 0.05)
    #expect(abs(confident((20, 0.8)) - 0.8) < 1e-12)
    #expect(abs(confident((10, 0.2), (1, 0.9)) - 2.9 / 11) < 1e-12)
  }

  @Test func `NaN, and scores of different numbers of seeds, are errors`() {
    #expect { try Level.videos.items([sample("a", "v", [.nan])]) } throws: {
      ($0 as? EvaluationError)?.code == .notANumber
    }
    #expect { try Level.videos.items([sample("a", "v", [0.1]), sample("b", "v", [0.1, 0.2])]) } throws: {
      ($0 as? EvaluationError)?.code == .mixedScores
    }
  }
}
