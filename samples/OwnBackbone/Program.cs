// A sequence model and an enhancement from outside the library, in about thirty lines each.
//   dotnet run -c Release --project samples/OwnBackbone
OwnBackboneSample.Lesson.Run(new AutoGraph.Datasets.SampleWorldOptions());
