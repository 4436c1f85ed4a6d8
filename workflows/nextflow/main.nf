// A module for Nextflow: the shards of one batch, then the end of it. All shards write into one shared folder.
// Exit code 3 of pgx batch (done, but a file or gene could not be read) is no failure: the manifest says which.
// include { PGX_BATCH } from './workflows/nextflow/main.nf'
nextflow.enable.dsl = 2

params.input = null
params.output = 'tables'
params.shards = 4
params.part_size = 100000
params.options = ''

process PGX_SHARD {
    tag "${number}/${shards}"
    errorStrategy 'retry'
    maxRetries 2

    input:
    val number
    val shards
    val input
    val output

    output:
    val number

    script:
    """
    pgx batch '${input}' -o '${output}' --part-size ${params.part_size} \
        --shard ${number}/${shards} --jobs ${task.cpus} --quiet ${params.options} || [ \$? -eq 3 ]
    """
}

process PGX_FINISH {
    input:
    val done
    val input
    val output

    output:
    val "${output}/manifest.json"

    script:
    """
    pgx batch '${input}' -o '${output}' --part-size ${params.part_size} --resume --quiet ${params.options} \
        || [ \$? -eq 3 ]
    """
}

workflow PGX_BATCH {
    take:
    input
    output

    main:
    shards = Channel.of(1..params.shards)
    done = PGX_SHARD(shards, params.shards, input, output).collect()
    PGX_FINISH(done, input, output)

    emit:
    manifest = PGX_FINISH.out
}

workflow {
    PGX_BATCH(file(params.input).toAbsolutePath().toString(), file(params.output).toAbsolutePath().toString())
}
