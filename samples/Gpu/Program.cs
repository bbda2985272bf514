// The same fit on a CUDA GPU and on the CPU; without a GPU it says what it needs.
//   dotnet run -c Release --project samples/Gpu -p:AutoGraphBackend=cuda-linux -- [DEVICE]      (cuda-windows on Windows; default: the CPU's package)
using System.Globalization;

return Gpu.Lesson.Run(new AutoGraph.Datasets.SampleWorldOptions(), args is [var device] ? int.Parse(device, CultureInfo.InvariantCulture) : 0) ? 0 : 1;
